//! What the ports may reply.

use digital_key_domain::{
    FailureKind, KeyCreation, NoAnswer, PasswordFetch, Question, Reply, Request, Support,
    SupportAnswer,
};

use crate::Bounds;

/// A failure of the backend, which asks to wait (GEN-11).
const FAILURE: NoAnswer = NoAnswer { kind: FailureKind::Status { status: 503 }, wait: Some(30) };

/// Returns every reply that the bounds allow to an open request.
pub(crate) fn replies(request: &Request, bounds: &Bounds) -> Vec<Reply> {
    let (mut replies, failure) = match request.question {
        Question::Support if bounds.bystanders.contains(&request.vin) => {
            (vec![Reply::Support(Ok(SupportAnswer::Known(Support::NotSupported)))], None)
        }
        Question::Support => (
            bounds.support.iter().map(|answer| Reply::Support(Ok(*answer))).collect(),
            Some(Reply::Support(Err(FAILURE))),
        ),
        Question::Status => (
            bounds.status.iter().map(|status| Reply::Status(Ok(status.clone()))).collect(),
            Some(Reply::Status(Err(FAILURE))),
        ),
        Question::Password => (
            vec![Reply::Password(PasswordFetch::Fetched)],
            Some(Reply::Password(PasswordFetch::Failed(FAILURE))),
        ),
        Question::CanCreateKey => {
            let refused = Reply::CanCreateKey(KeyCreation::Refused);
            (vec![Reply::CanCreateKey(KeyCreation::Possible)], Some(refused))
        }
        Question::Presence(_) => {
            (bounds.presence.iter().copied().map(Reply::Presence).collect(), None)
        }
        Question::OpenWallet(_) => {
            (vec![Reply::WalletOpened(true)], Some(Reply::WalletOpened(false)))
        }
        // The cache replies in its own order, and Apple's sheets have more than one answer.
        Question::Record
        | Question::StorePassword(_)
        | Question::TakeUse
        | Question::StartPairing
        | Question::CheckSheet => (Vec::new(), None),
    };
    if bounds.bff_fails {
        replies.extend(failure);
    }
    replies
}
