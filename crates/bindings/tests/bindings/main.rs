//! The facade as a foreign client uses it: against a real backend, with adapters from outside.

mod adapters;
mod facade;
mod values;
mod world;
