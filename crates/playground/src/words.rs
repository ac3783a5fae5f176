//! A move in words, as the timeline shows it.

use crate::moves::{Move, SheetAnswer};
use crate::session::vin_of;

/// Returns what happened, in words.
pub(crate) fn of_move(made: Move) -> String {
    let short = |vehicle| vin_of(vehicle).map_or_else(String::new, |vin| vin.short().to_string());
    match made {
        Move::Select(vehicle) => format!("Select vehicle {}", short(vehicle)),
        Move::Tap(tap) => format!("Tap: {}", tap.name()),
        Move::Background => "The app goes to the background".into(),
        Move::Foreground => "The app comes to the foreground".into(),
        Move::SignOut => "The user signs out".into(),
        Move::Kill => "The app is killed and started again".into(),
        Move::Refresh(vehicle) => format!("The host refreshes {}", short(vehicle)),
        Move::Forget(vehicle) => format!("The host forgets {}", short(vehicle)),
        Move::Answer(_, asked, answer) => {
            format!("{}: {} {}", asked.answered_by(), asked.words(), answer.words(asked))
        }
        Move::Sheet(_, answer) => format!("Apple's sheet: {}", of_sheet(answer)),
        Move::SheetGone(_) => "Apple's sheet is gone without an answer".into(),
        Move::Late(_, answer) => format!("Apple calls back late: {}", of_sheet(answer)),
        Move::World(change) => {
            let mut words = change.words();
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    }
}

/// Returns an answer of Apple's sheet in words.
pub(crate) fn of_sheet(answer: SheetAnswer) -> String {
    match answer {
        SheetAnswer::Pass => "a pass".into(),
        SheetAnswer::PassAndError(code) => format!("a pass and the error {}", code.name()),
        SheetAnswer::Error(code) => format!("the error {}", code.name()),
        SheetAnswer::Neither => "neither a pass nor an error".into(),
    }
}
