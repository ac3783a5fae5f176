//! The codec in Kotlin.

use std::fmt::Write as _;

use super::HEAD;
use super::model::{Field, Kind, Of, Type, Variant};

pub(super) fn render(sent: &[Type], received: &[Type]) -> String {
    let mut text = format!("{HEAD}package digitalkey.flutter\n\nimport digitalkey.*\n");
    for Type { name, kind, .. } in sent {
        _ = write!(text, "\nfun encode(value: {name}): Any = ");
        text.push_str(&match kind {
            Kind::Choice(_) => "value.name\n".to_owned(),
            Kind::Record(fields) => format!("listOf({})\n", list(None, fields)),
            Kind::Sealed(variants) | Kind::Error(variants) => {
                let cases: String = variants.iter().map(|it| case(name, it)).collect();
                format!("when (value) {{\n{cases}}}\n")
            }
        });
    }
    for Type { name, kind, .. } in received {
        _ = write!(text, "\nfun decode{name}(wire: Any?): {name} =\n    ");
        text.push_str(&match kind {
            Kind::Choice(_) => {
                format!("{name}.entries.find {{ it.name == wire }} ?: throw unknown(\"{name}\")\n")
            }
            Kind::Record(fields) => constructed(name, fields, 0),
            Kind::Sealed(variants) | Kind::Error(variants) => {
                let mut cases = String::new();
                for Variant { name: variant, fields, .. } in variants {
                    let made = constructed(&format!("{name}.{variant}"), fields, 1);
                    _ = write!(cases, "        \"{variant}\" -> {made}");
                }
                format!(
                    "when (part(wire, 0)) {{\n{cases}        else -> throw unknown(\"{name}\")\n    }}\n"
                )
            }
        });
    }
    text
}

fn case(name: &str, Variant { name: variant, fields, .. }: &Variant) -> String {
    format!("    is {name}.{variant} -> listOf({})\n", list(Some(variant), fields))
}

fn list(tag: Option<&str>, fields: &[Field]) -> String {
    let tag = tag.map(|it| format!("\"{it}\""));
    let fields = fields.iter().map(|it| encoded(&it.of, &format!("value.{}", it.name)));
    tag.into_iter().chain(fields).collect::<Vec<_>>().join(", ")
}

fn encoded(of: &Of, value: &str) -> String {
    match of {
        Of::Bool | Of::Text => value.to_owned(),
        Of::Number("ULong") => format!("{value}.toLong()"),
        Of::Number(_) => format!("{value}.toInt()"),
        Of::Vin => format!("{value}.text()"),
        Of::Named(_) => format!("encode({value})"),
        Of::List(inner) => format!("{value}.map {{ {} }}", encoded(inner, "it")),
        Of::Option(inner) if matches!(**inner, Of::Bool | Of::Text) => value.to_owned(),
        Of::Option(inner) => format!("{value}?.let {{ {} }}", encoded(inner, "it")),
    }
}

fn constructed(name: &str, fields: &[Field], first: usize) -> String {
    let parts = fields.iter().zip(first..);
    let parts = parts.map(|(field, place)| decoded(&field.of, &format!("part(wire, {place})")));
    let parts: Vec<_> = parts.collect();
    if fields.is_empty() { format!("{name}\n") } else { format!("{name}({})\n", parts.join(", ")) }
}

fn decoded(of: &Of, value: &str) -> String {
    match of {
        Of::Bool => format!("read<Boolean>({value})"),
        Of::Text => format!("read<String>({value})"),
        Of::Number(number) => format!("read<Number>({value}).toLong().to{number}()"),
        Of::Vin => format!("Vin(read<String>({value}))"),
        Of::Named(name) => format!("decode{name}({value})"),
        Of::List(inner) => format!("read<List<Any?>>({value}).map {{ {} }}", decoded(inner, "it")),
        Of::Option(inner) => format!("{value}?.let {{ {} }}", decoded(inner, "it")),
    }
}
