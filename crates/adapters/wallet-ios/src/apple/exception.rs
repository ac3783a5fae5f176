//! Exceptions of Objective-C as errors.

use std::panic::AssertUnwindSafe;

use objc2::exception::Exception;
use objc2_foundation::NSException;

use crate::ExceptionError;

/// Runs calls of Apple's, and returns an exception of theirs as an error. Without this an exception
/// would end the app, since Rust cannot unwind it.
pub(super) fn catch<T>(call: &'static str, calls: impl FnOnce() -> T) -> Result<T, ExceptionError> {
    // The callers leave no value of theirs half changed: they change it after the last call.
    objc2::exception::catch(AssertUnwindSafe(calls)).map_err(|exception| {
        let name = exception.as_deref().and_then(name).unwrap_or_else(|| "nil".to_owned());
        ExceptionError { call, name }
    })
}

/// Returns the name, if the thrown object is an `NSException`: any object can be thrown.
fn name(exception: &Exception) -> Option<String> {
    let exception = exception.downcast_ref::<NSException>()?;
    Some(exception.name().to_string())
}
