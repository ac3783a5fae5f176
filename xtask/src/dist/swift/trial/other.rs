/// Needs the standard library, and catches what unwinds.
#[unsafe(no_mangle)]
pub extern "C" fn other_library_answers() -> i32 {
    let caught = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(42_i32)));
    caught.err().and_then(|it| it.downcast::<i32>().ok()).map_or(0, |it| *it)
}
