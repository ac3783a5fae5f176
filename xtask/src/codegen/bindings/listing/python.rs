//! Python, whose blocks are indented.

use super::{Declaration, MIRRORS, first_sentence};

/// What a Python package declares in public.
///
/// What comes from Rust has a docstring, which distinguishes it from UniFFI's own methods; only the
/// constructors of records and of variants have none.
pub(in super::super) fn python(source: &str) -> Vec<Declaration> {
    let mut found = Vec::<Declaration>::new();
    // The class whose body this is, and the variant in it.
    let mut owner = "";
    let (mut variant, mut variant_doc) = ("", String::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let text = line.trim().trim_end_matches("  # type: ignore").trim_end_matches(':');
        let Some(name) = name(text) else { continue };
        let mut doc = doc(lines.clone());
        let constructs = |class: &str| text.replace("def __init__(self", class).replace("(, ", "(");
        // An object that the core alone makes takes `*args`.
        let takes_fields = text.contains("(self, ") && !text.contains("(self, *args");
        let text = match line.find(|it| it != ' ').unwrap_or(0) {
            0 => {
                let is_mirror = MIRRORS.iter().any(|end| name.ends_with(end));
                let is_own = is_mirror || name.starts_with('_') || name.starts_with("uniffi");
                owner = if is_own { "" } else { name };
                // UniFFI declares an error once more to add its variants.
                if found.last().is_some_and(|last| last.owner == owner) {
                    continue;
                }
                text.trim_end_matches("()").to_owned()
            }
            4 if text.starts_with("class ") => {
                (variant, variant_doc) = (name, doc);
                continue;
            }
            4 if name == "__init__" && (!doc.is_empty() || takes_fields) => {
                constructs(&format!("{owner}("))
            }
            4 if !name.starts_with('_') && !doc.is_empty() => text.to_owned(),
            8 if name == "__init__" => {
                doc = std::mem::take(&mut variant_doc);
                constructs(&format!("{variant}("))
            }
            _ => continue,
        };
        if !owner.is_empty() {
            let is_member = line.starts_with(' ');
            found.push(Declaration { owner: owner.to_owned(), is_member, text, doc });
        }
    }
    found
}

/// The name that a line declares: of a class, a function, a value or another type.
fn name(line: &str) -> Option<&str> {
    let line = line.trim_start_matches("async ");
    let (first, rest) = line.split_once(' ')?;
    let name = match first {
        "class" | "def" => rest.split('(').next()?,
        _ if rest.starts_with("= ") => first,
        _ => return None,
    };
    name.chars().all(|it| it.is_alphanumeric() || it == '_').then_some(name)
}

/// The first sentence of the docstring that comes next, if one does.
fn doc<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut lines = lines.map(str::trim).skip_while(|line| line.is_empty());
    let first = lines.next().unwrap_or_default();
    match first.strip_prefix("\"\"\"") {
        None => String::new(),
        Some("") => {
            first_sentence(&lines.take_while(|it| *it != "\"\"\"").collect::<Vec<_>>().join("\n"))
        }
        Some(line) => first_sentence(line.trim_end_matches("\"\"\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;

    #[test]
    fn python_is_listed_by_types_with_their_members() {
        let source = r#"
class AppProtocol(typing.Protocol):
    def stop(self, ) -> None:
        raise NotImplementedError

class App(AppProtocol):
    """
    The app. More.
"""
    def __init__(self, config: Config,ports: Ports):
        """
        Makes one.
"""
        text = 3
    def __del__(self):
        pass
    @classmethod
    def _uniffi_make_instance(cls, handle):
        return 1
    def stop(self, ) -> None:
        """
        Stops it.
"""

class _UniffiFfiConverterTypeTap:
    def read(buf):
        """Not public."""

@dataclass
class Config:
    def __init__(self, phone:str, link:typing.Optional[str] = _DEFAULT):
        self.phone = phone

class Tap(enum.Enum):
    RETRY = 0
    """
    Retry.
"""

class AppError(Exception):
    pass
_UniffiTempAppError = AppError
class AppError:  # type: ignore
    class ShutDown(_UniffiTempAppError):
        """
        It has ended.
"""
        def __init__(self, ):
            pass
    def is_SHUT_DOWN(self) -> bool:
        return True

Id = str
async def first() -> Config:
    """The first."""
def uniffi_set_event_loop(eventloop):
    pass
"#;
        let listed = "
/// The app.
class App(AppProtocol)
    /// Makes one.
    App(config: Config, ports: Ports)
    /// Stops it.
    def stop(self) -> None

class AppError(Exception)
    /// It has ended.
    ShutDown()

class Config
    Config(phone: str, link: typing.Optional[str] = _DEFAULT)

Id = str

class Tap(enum.Enum)
    /// Retry.
    RETRY = 0

/// The first.
async def first() -> Config
";
        assert_eq!(render(python(source)).split_once('\n').unwrap().1, listed);
    }
}
