//! The event loop: one task that owns the machine, has its effects performed and publishes the view.
//!
//! It never awaits an effect, so that the user is always answered.

use digital_key_domain::{Effect, Event, Flow, Intent, Tap, Verdict, View};
use digital_key_ports::PairingPassword;
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::{ObservedStep, Observers};
use crate::messages::{Command, Message, Outcome};
use crate::port_calls::PortCalls;

pub(crate) struct EventLoop {
    pub(crate) flow: Flow,
    pub(crate) calls: PortCalls,
    pub(crate) observers: Observers,
    pub(crate) view: watch::Sender<View>,
    /// The buffer that the machine pushes its effects into.
    pub(crate) effects: Vec<Effect>,
    /// The callers that wait until nothing runs but so many requests to the BFF.
    pub(crate) idle_waiters: Vec<(usize, oneshot::Sender<()>)>,
}

/// What the event loop receives.
pub(crate) struct Inbox {
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) messages: mpsc::UnboundedReceiver<Message>,
    /// Answers of Apple's that come after the start of a pairing has returned. They are read after
    /// the ends of starts, so that a late answer does not overtake the first one.
    pub(crate) late_answers: mpsc::Receiver<Event>,
}

impl EventLoop {
    pub(crate) async fn run(mut self, mut inbox: Inbox) {
        loop {
            tokio::select! {
                biased;
                Some(message) = inbox.messages.recv() => self.handle_message(message),
                message = self.calls.next_end() => self.handle_message(message),
                Some(late) = inbox.late_answers.recv() => self.step(late, None),
                command = inbox.commands.recv() => match command {
                    Some(Command::Shutdown) | None => return,
                    Some(command) => self.handle_command(command),
                },
            }
            let calls = &self.calls;
            let idle =
                self.idle_waiters.extract_if(.., |(but_for, _)| calls.is_idle_but_for(*but_for));
            for (_, waiter) in idle {
                // The caller may have stopped waiting.
                let _ = waiter.send(());
            }
        }
    }

    fn handle_message(&mut self, message: Message) {
        let outcome = match message {
            Message::Happened(event) => Outcome::Event(event),
            Message::Ended(work, outcome) => {
                self.calls.note_end(work);
                outcome
            }
        };
        match outcome {
            Outcome::Silent => {}
            Outcome::Event(event) => self.step(event, None),
            Outcome::EventWithPassword(event, password) => self.step(event, Some(password)),
        }
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::Intent(intent) => self.step(Event::Intent(intent), None),
            Command::SignOut(done) => {
                self.calls.forget_account(done);
                self.step(Event::SignedOut, None);
            }
            Command::Idle { but_for, done } => self.idle_waiters.push((but_for, done)),
            Command::Suspend(done) => self.calls.suspend(done),
            Command::Resume(done) => self.calls.resume(done),
            Command::Shutdown => {}
        }
    }

    /// Takes one step of the machine, performs its effects and publishes the new view.
    fn step(&mut self, event: Event, mut password: Option<PairingPassword>) {
        tracing::debug!(?event, "event");
        let is_retry = event == Event::Intent(Intent::Tap(Tap::Retry));
        let observed = self.observers.on_step.is_some().then(|| event.clone());
        let verdict = self.flow.step(event, &mut self.effects);
        if let (Some(on_step), Some(event)) = (&self.observers.on_step, &observed) {
            let view = &self.flow.view();
            on_step(&ObservedStep { event, verdict, effects: &self.effects, view });
        }
        if let Verdict::Ignored(reason) = verdict {
            tracing::debug!(%reason, "ignored");
            return;
        }
        if is_retry {
            self.calls.allow_retry();
        }
        for effect in self.effects.drain(..) {
            tracing::debug!(?effect, "effect");
            if let Some(on_effect) = &self.observers.on_effect {
                on_effect(&effect);
            }
            self.calls.perform(effect, &mut password);
        }
        let view = self.flow.view();
        self.view.send_if_modified(|shown| {
            let changed = *shown != view;
            if changed {
                *shown = view;
            }
            changed
        });
    }
}
