//! How long each thing took, for every phone.

use std::sync::Mutex;
use std::time::Duration;

use digital_key::ports::BffOperation;
use serde::Serialize;

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timed {
    /// From the selection of the vehicle until the vehicle tab shows the entry.
    Entry,
    /// From the tap on the entry until Welcome knows where Continue leads.
    Welcome,
    /// From the last tap on Continue until Apple's sheet is up.
    Sheet,
    /// From Apple's success until the app shows that the key is there.
    Paired,
    /// From the end of the tutorial until Overview shows that the backend tracks the key.
    Tracked,
    /// One request to the BFF, with the wait for one of the connections.
    Request(BffOperation),
}

impl Timed {
    const ALL: [(Self, &str); 8] = [
        (Self::Entry, "vehicle selected → entry"),
        (Self::Welcome, "tap on the entry → Welcome with its data"),
        (Self::Sheet, "last tap → Apple's sheet"),
        (Self::Paired, "Apple's success → paired"),
        (Self::Tracked, "end of the tutorial → tracked key on Overview"),
        (Self::Request(BffOperation::Support), "request `support`"),
        (Self::Request(BffOperation::PairingStatus), "request `pairing-status`"),
        (Self::Request(BffOperation::PairingPassword), "request `pairing-password`"),
    ];

    fn place(self) -> usize {
        Self::ALL.iter().position(|(timed, _)| *timed == self).unwrap()
    }
}

/// All measured times, in microseconds.
#[derive(Default)]
pub(crate) struct Times([Mutex<Vec<u32>>; Timed::ALL.len()]);

impl Times {
    pub(crate) fn add(&self, timed: Timed, time: Duration) {
        let microseconds = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        self.0[timed.place()].lock().unwrap().push(microseconds);
    }

    /// Returns how many requests to the BFF were answered.
    pub(crate) fn requests(&self) -> usize {
        let requests = Timed::ALL.iter().zip(&self.0);
        let requests = requests.filter(|((timed, _), _)| matches!(timed, Timed::Request(_)));
        requests.map(|(_, times)| times.lock().unwrap().len()).sum()
    }

    pub(crate) fn percentiles(&self) -> Vec<Percentiles> {
        let all = Timed::ALL.iter().zip(&self.0);
        all.map(|((_, what), times)| Percentiles::of(what, &mut times.lock().unwrap())).collect()
    }
}

/// The distribution of one time, in milliseconds.
#[derive(Serialize)]
pub(crate) struct Percentiles {
    what: &'static str,
    count: usize,
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
    longest: f64,
}

impl Percentiles {
    fn of(what: &'static str, times: &mut [u32]) -> Self {
        times.sort_unstable();
        // The shortest time that this share of all times does not exceed.
        let at = |share: f64| {
            let rank = (share * times.len() as f64).ceil() as usize;
            times.get(rank.max(1) - 1).map_or(0.0, |time| f64::from(*time) / 1e3)
        };
        Self {
            what,
            count: times.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            longest: at(1.0),
        }
    }
}
