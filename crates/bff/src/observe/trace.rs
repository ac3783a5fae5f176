//! Trace and span of a request (W3C Trace Context).

use axum::http::HeaderValue;

/// Where a request stands in its trace: app, then this service, then the SmAcc service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceContext {
    pub(crate) trace: u128,
    /// The span of the sender.
    pub(crate) parent: Option<u64>,
    /// The span of this service.
    pub(crate) span: u64,
    /// The span of the call of the upstream.
    pub(crate) upstream_span: u64,
    /// The sender's flags.
    pub(crate) flags: u8,
}

/// The flag that says that the sender records its spans.
pub(crate) const SAMPLED: u8 = 1;

impl TraceContext {
    /// Continues the trace of this header. Without a valid one a new trace begins, which is recorded
    /// where spans are sent.
    pub(crate) fn of(header: Option<&HeaderValue>) -> Self {
        let given = header.and_then(|it| parse(it.as_bytes()));
        let (trace, parent, flags) = match given {
            Some((trace, parent, flags)) => (trace, Some(parent), flags),
            None => (fastrand::u128(1..), None, if cfg!(feature = "otlp") { SAMPLED } else { 0 }),
        };
        Self { trace, parent, span: fastrand::u64(1..), upstream_span: fastrand::u64(1..), flags }
    }

    /// Returns the header of an answer: it names the span of this service.
    pub(crate) fn header(&self) -> HeaderValue {
        self.with_span(self.span)
    }

    /// Returns the header for the upstream: it names the span of the call.
    pub(crate) fn upstream_header(&self) -> HeaderValue {
        self.with_span(self.upstream_span)
    }

    fn with_span(&self, span: u64) -> HeaderValue {
        let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
        write_hex(&mut text[3..35], self.trace);
        write_hex(&mut text[36..52], span.into());
        write_hex(&mut text[53..55], self.flags.into());
        // Hexadecimal digits and hyphens fit into a header.
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

fn write_hex(text: &mut [u8], mut number: u128) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

/// Reads trace, span and flags of a header of version 00, or of a later one that begins like it.
fn parse(text: &[u8]) -> Option<(u128, u64, u8)> {
    let is_complete = match text.len() {
        55 => true,
        more => more > 55 && more <= 256 && text[55] == b'-' && !text.starts_with(b"00"),
    };
    let has_hyphens = is_complete && [2, 35, 52].into_iter().all(|place| text[place] == b'-');
    if !has_hyphens || text.starts_with(b"ff") {
        return None;
    }
    read_hex(&text[..2])?;
    let trace = read_hex(&text[3..35]).filter(|trace| *trace != 0)?;
    let span = u64::try_from(read_hex(&text[36..52])?).ok().filter(|span| *span != 0)?;
    let flags = u8::try_from(read_hex(&text[53..55])?).ok()?;
    Some((trace, span, flags & SAMPLED))
}

/// Reads small hexadecimal digits; the standard allows no capital letters.
fn read_hex(text: &[u8]) -> Option<u128> {
    text.iter().try_fold(0, |number: u128, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn of(text: &str) -> TraceContext {
        TraceContext::of(Some(&HeaderValue::from_str(text).unwrap()))
    }

    #[test]
    fn a_trace_goes_on_with_spans_of_its_own() {
        let context = of(GIVEN);
        assert_eq!(context.parent, Some(0x00f0_67aa_0ba9_02b7));
        let [answer, upstream] = [context.header(), context.upstream_header()];
        for header in [&answer, &upstream] {
            assert!(header.to_str().unwrap().starts_with(&GIVEN[..36]));
            assert!(header.to_str().unwrap().ends_with("-01"));
            assert_ne!(header, GIVEN);
        }
        assert_ne!(answer, upstream);
        assert_eq!(of(upstream.to_str().unwrap()).parent, Some(context.upstream_span));
    }

    #[test]
    fn an_invalid_header_begins_a_new_trace() {
        let zero_trace = GIVEN.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        for wrong in [
            "",
            "00",
            &GIVEN[..54],
            &format!("{GIVEN}-x"),
            &format!("{GIVEN}x"),
            &GIVEN.replace("00-4", "ff-4"),
            &GIVEN.to_uppercase(),
            &GIVEN.replace('-', "_"),
            &GIVEN.replace("00f067aa0ba902b7", "0000000000000000"),
            &zero_trace,
        ] {
            assert_eq!(of(wrong).parent, None, "{wrong}");
        }
        let later = of(&format!("{}-more", GIVEN.replace("00-4", "01-4")));
        assert!(later.parent.is_some());
        assert_ne!(of("").trace, of("").trace);
    }
}
