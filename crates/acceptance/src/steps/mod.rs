//! The steps of the language, in its words and its order.

mod given;
mod when;
mod then;
#[cfg(test)]
mod tests;

pub(crate) use given::GIVEN;
pub(crate) use then::THEN;
pub(crate) use when::WHEN;
