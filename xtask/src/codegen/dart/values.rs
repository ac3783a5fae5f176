//! The classes in Dart, with their codec.

use std::fmt::Write as _;

use super::model::{Field, Kind, Of, Type, Variant};
use super::{HEAD, lower_camel};

/// Words that Dart reserves and that the core uses as names.
const RESERVED: [&str; 2] = ["continue", "class"];

const IMPORTS: &str = "// ignore_for_file: library_private_types_in_public_api\n\n\
                       import 'value.dart';\nimport 'vin.dart';\n";

pub(super) fn render(types: &[Type]) -> String {
    let mut text = format!("{HEAD}{IMPORTS}");
    for Type { name, doc, kind } in types {
        let name = &class(name);
        text.push_str(&match kind {
            Kind::Choice(variants) => choice(name, doc, variants),
            Kind::Sealed(variants) => sealed(name, doc, variants, |_| String::new()),
            Kind::Error(variants) => {
                let mut variants = variants.clone();
                variants.push(channel_failure());
                sealed(name, doc, &variants, sentence)
            }
            Kind::Record(fields) => record(name, doc, fields),
        });
    }
    text
}

/// The kind of error that only Dart has.
fn channel_failure() -> Variant {
    let reason = Field { name: "reason".to_owned(), of: Of::Text };
    let doc = "The native half is missing, or its answer makes no sense.".to_owned();
    Variant { name: "Channel".to_owned(), doc, fields: vec![reason] }
}

/// The name in Dart. Flutter has a widget `PageView` and a class `Intent`.
fn class(name: &str) -> String {
    match name {
        "PageView" | "Intent" => format!("Key{}", name.trim_end_matches("View")),
        _ => name.to_owned(),
    }
}

fn member(name: &str) -> String {
    let name = lower_camel(name);
    if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name }
}

fn choice(name: &str, doc: &str, variants: &[Variant]) -> String {
    let constants: Vec<_> = variants
        .iter()
        .map(|it| format!("  /// {}\n  {}('{}')", it.doc, member(&it.name), it.name))
        .collect();
    format!(
        "\n/// {doc}\nenum {name} implements WireName {{\n{};\n\n  const {name}(this.wireName);\n\n  \
         @override\n  final String wireName;\n\n  /// Reads what the channel carries.\n  \
         static {name} fromWire(Object? wire) =>\n      values.firstWhere((it) => it.wireName == wire, \
         orElse: () => throw unknownWire('{name}'));\n}}\n",
        constants.join(",\n\n")
    )
}

/// What an error prints: its documentation and its fields, which contain nothing secret.
fn sentence(Variant { doc, fields, .. }: &Variant) -> String {
    let fields: Vec<_> = fields.iter().map(|it| format!("${}", it.name)).collect();
    let text = if fields.is_empty() {
        doc.clone()
    } else {
        format!("{}: {}", doc.trim_end_matches('.'), fields.join(", "))
    };
    format!("\n  @override\n  String toString() => '{}';\n", text.replace('\'', "\\'"))
}

/// A class with a subclass for each variant, which gets more members. One whose variants print a text of
/// their own is an exception.
fn sealed(
    name: &str,
    doc: &str,
    variants: &[Variant],
    members: impl Fn(&Variant) -> String,
) -> String {
    let is_error = variants.iter().any(|it| !members(it).is_empty());
    let base = if is_error { "extends Value implements Exception" } else { "extends Value" };
    let mut text = format!("\n/// {doc}\nsealed class {name} {base} {{\n  const {name}();\n");
    let mut cases = String::new();
    let mut classes = String::new();
    for it in variants {
        let Variant { name: variant, doc, fields } = it;
        let class = format!("{name}{variant}");
        let named = fields.len() > 1;
        let parameters = parameters(fields, named, |it| format!("{} {}", dart(&it.of), it.name));
        let factory = member(variant);
        _ = write!(
            text,
            "\n  /// {doc}\n  const factory {name}.{factory}({parameters}) = {class};\n"
        );
        let places: String = fields.iter().map(|it| format!(", final {}", it.name)).collect();
        let arguments = arguments(fields, named, |it| it.name.clone());
        _ = writeln!(cases, "        ['{variant}'{places}] => {class}({arguments}),");
        classes.push_str(&body(
            &class,
            doc,
            &format!("extends {name}"),
            Some(variant),
            fields,
            named,
            &members(it),
        ));
    }
    _ = write!(
        text,
        "\n  /// Reads what the channel carries.\n  static {name} fromWire(Object? wire) => switch (wire) {{\n\
         {cases}        _ => throw unknownWire('{name}'),\n      }};\n}}\n"
    );
    text + &classes
}

fn record(name: &str, doc: &str, fields: &[Field]) -> String {
    let places: Vec<_> = fields.iter().map(|it| format!("final {}", it.name)).collect();
    let decoder = format!(
        "\n  /// Reads what the channel carries.\n  static {name} fromWire(Object? wire) => switch (wire) {{\n        \
         [{}] => {name}({}),\n        _ => throw unknownWire('{name}'),\n      }};\n",
        places.join(", "),
        arguments(fields, true, |it| it.name.clone()),
    );
    body(name, doc, "extends Value", None, fields, true, &decoder)
}

fn body(
    class: &str,
    doc: &str,
    base: &str,
    tag: Option<&str>,
    fields: &[Field],
    named: bool,
    decoder: &str,
) -> String {
    let mut text = format!("\n/// {doc}\nfinal class {class} {base} {{\n");
    let parameters = parameters(fields, named, |it| format!("this.{}", it.name));
    _ = writeln!(text, "  const {class}({parameters});");
    for field in fields {
        _ = write!(text, "\n  final {} {};\n", dart(&field.of), field.name);
    }
    let names: Vec<_> = fields.iter().map(|it| it.name.as_str()).collect();
    let tag = tag.map_or("null".to_owned(), |it| format!("'{it}'"));
    _ = write!(
        text,
        "\n  @override\n  String get wireType => '{class}';\n\n  @override\n  String? get wireTag => {tag};\n\n  \
         @override\n  List<Object?> get fields => [{}];\n{decoder}}}\n",
        names.join(", ")
    );
    text
}

fn parameters(fields: &[Field], named: bool, parameter: impl Fn(&Field) -> String) -> String {
    let list: Vec<_> = fields
        .iter()
        .map(|it| {
            let is_required = named && !matches!(it.of, Of::Option(_));
            format!("{}{}", if is_required { "required " } else { "" }, parameter(it))
        })
        .collect();
    let list = list.join(", ");
    if named && !fields.is_empty() { format!("{{{list}}}") } else { list }
}

fn arguments(fields: &[Field], named: bool, value: impl Fn(&Field) -> String) -> String {
    let list: Vec<_> = fields
        .iter()
        .map(|it| {
            let read = read(&it.of, &value(it));
            if named { format!("{}: {read}", it.name) } else { read }
        })
        .collect();
    list.join(", ")
}

fn dart(of: &Of) -> String {
    match of {
        Of::Bool => "bool".to_owned(),
        Of::Text => "String".to_owned(),
        Of::Number(_) => "int".to_owned(),
        Of::Vin => "Vin".to_owned(),
        Of::Named(name) => class(name),
        Of::List(inner) => format!("List<{}>", dart(inner)),
        Of::Option(inner) => format!("{}?", dart(inner)),
    }
}

fn read(of: &Of, value: &str) -> String {
    match of {
        Of::Bool | Of::Text | Of::Number(_) => format!("readAs<{}>({value})", dart(of)),
        Of::Vin | Of::Named(_) => format!("{}.fromWire({value})", dart(of)),
        Of::List(inner) => format!("readList({value}, (it) => {})", read(inner, "it")),
        Of::Option(inner) => format!("{value} == null ? null : {}", read(inner, value)),
    }
}
