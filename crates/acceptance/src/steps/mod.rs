//! The steps, in the words and in the order of the language.

mod given;
#[cfg(test)]
mod tests;
mod then;
mod when;

pub(crate) use given::GIVEN;
pub(crate) use then::THEN;
pub(crate) use when::WHEN;
