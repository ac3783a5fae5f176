//! The page that a step led to: its place in the list of all pages, or its name in the JSON form.

use digital_key_domain::PageName;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<S: Serializer>(page: &PageName, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return page.as_str().serialize(serializer);
    }
    // The list has fewer pages than a byte has values.
    let place = PageName::ALL.iter().position(|it| it == page).unwrap_or_default();
    (place as u8).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PageName, D::Error> {
    let page = if deserializer.is_human_readable() {
        let name = String::deserialize(deserializer)?;
        PageName::ALL.into_iter().find(|page| page.as_str() == name)
    } else {
        PageName::ALL.get(usize::from(u8::deserialize(deserializer)?)).copied()
    };
    page.ok_or_else(|| D::Error::custom("there is no such page"))
}
