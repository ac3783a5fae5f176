//! The codec in Swift.

use std::fmt::Write as _;

use super::model::{Field, Kind, Of, Type, Variant};
use super::{HEAD, lower_camel};

pub(super) fn render(sent: &[Type], received: &[Type]) -> String {
    let mut text = format!("{HEAD}import DigitalKey\nimport Foundation\n");
    for Type { name, kind, .. } in sent {
        let is_error = matches!(kind, Kind::Error(_));
        let name = &swift(name);
        _ = write!(text, "\nfunc encode(_ value: {name}) -> Any {{\n");
        match kind {
            Kind::Record(fields) => {
                let parts = fields.iter().map(|it| encoded(&it.of, &format!("value.{}", it.name)));
                let parts: Vec<_> = parts.collect();
                _ = writeln!(text, "    [{}] as [Any]", parts.join(", "));
            }
            Kind::Choice(variants) | Kind::Sealed(variants) | Kind::Error(variants) => {
                text.push_str("    switch value {\n");
                for variant in variants {
                    let plain = matches!(kind, Kind::Choice(_));
                    text.push_str(&case(variant, plain, is_error));
                }
                text.push_str("    }\n");
            }
        }
        text.push_str("}\n");
    }
    for Type { name, kind, .. } in received {
        _ = write!(text, "\nfunc decode{name}(_ wire: Any?) throws -> {name} {{\n");
        match kind {
            Kind::Record(fields) => {
                _ = writeln!(text, "    {name}{}", parts(fields, 0));
            }
            Kind::Choice(variants) => {
                text.push_str("    switch wire as? String {\n");
                for Variant { name, .. } in variants {
                    _ = writeln!(text, "    case \"{name}\": return .{}", escaped(name));
                }
                _ = write!(text, "    default: throw unknownWire(\"{name}\")\n    }}\n");
            }
            Kind::Sealed(variants) | Kind::Error(variants) => {
                text.push_str("    switch wirePart(wire, 0) as? String {\n");
                for Variant { name, fields, .. } in variants {
                    let made = escaped(name);
                    let arguments = parts(fields, 1);
                    let effect = if fields.is_empty() { "" } else { "try " };
                    _ = writeln!(text, "    case \"{name}\": return {effect}.{made}{arguments}");
                }
                _ = write!(text, "    default: throw unknownWire(\"{name}\")\n    }}\n");
            }
        }
        text.push_str("}\n");
    }
    text
}

fn swift(name: &str) -> String {
    match name.strip_suffix("Exception") {
        Some(it) => format!("{it}Error"),
        // Foundation has another one.
        None if name == "Port" => format!("DigitalKey.{name}"),
        None => name.to_owned(),
    }
}

/// The name of a case, escaped where Swift reserves it.
fn escaped(name: &str) -> String {
    let name = lower_camel(name);
    if ["continue", "class", "none"].contains(&name.as_str()) { format!("`{name}`") } else { name }
}

fn case(Variant { name, fields, .. }: &Variant, plain: bool, is_error: bool) -> String {
    let pattern = if is_error { name.clone() } else { escaped(name) };
    let bound: Vec<_> = fields.iter().map(|it| format!("let {}", it.name)).collect();
    let bound = if bound.is_empty() { String::new() } else { format!("({})", bound.join(", ")) };
    let tag = format!("\"{name}\"");
    if plain {
        return format!("    case .{pattern}: return {tag}\n");
    }
    let parts = fields.iter().map(|it| encoded(&it.of, &it.name));
    let parts: Vec<_> = std::iter::once(tag).chain(parts).collect();
    format!("    case .{pattern}{bound}: return [{}] as [Any]\n", parts.join(", "))
}

fn encoded(of: &Of, value: &str) -> String {
    match of {
        Of::Bool | Of::Text => value.to_owned(),
        Of::Number(_) => format!("Int64({value})"),
        Of::Vin => format!("{value}.text()"),
        Of::Named(_) => format!("encode({value})"),
        Of::List(inner) => format!("{value}.map {{ {} }}", encoded(inner, "$0")),
        Of::Option(inner) => {
            format!("({value}.map {{ {} as Any }} ?? NSNull())", encoded(inner, "$0"))
        }
    }
}

fn parts(fields: &[Field], first: usize) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let parts = fields.iter().zip(first..).map(|(field, place)| {
        format!("{}: {}", field.name, decoded(&field.of, &format!("wirePart(wire, {place})")))
    });
    format!("({})", parts.collect::<Vec<_>>().join(", "))
}

fn decoded(of: &Of, value: &str) -> String {
    match of {
        Of::Bool => format!("readWire({value}, Bool.self)"),
        Of::Text => format!("readWire({value}, String.self)"),
        Of::Number(number) => {
            format!("readWire({value}, {}.self)", number.replace("UByte", "UInt8"))
        }
        Of::Vin => format!("Vin(text: readWire({value}, String.self))"),
        Of::Named(name) => format!("decode{name}({value})"),
        Of::List(inner) => {
            format!("readWire({value}, [Any].self).map {{ try {} }}", decoded(inner, "$0"))
        }
        Of::Option(inner) => format!("{value}.map {{ try {} }}", decoded(inner, "$0")),
    }
}
