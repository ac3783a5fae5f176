//! The event loop: one task that owns the machine, publishes the view and starts the effects.
//!
//! It never awaits an effect, so that the user is always answered.

use std::sync::Arc;

use digital_key_domain::{Effect, Event, Flow, Intent, Tap, Verdict};
use digital_key_ports::PairingPassword;
use futures_channel::mpsc;
use tokio::sync::oneshot;

use crate::config::{ObservedStep, Observers};
use crate::flight_recorder::FlightRecorder;
use crate::funnel::Funnel;
use crate::messages::{Command, Message, Outcome};
use crate::port_calls::PortCalls;
use crate::sign_out::{PendingSignOuts, Screen};

pub(crate) struct EventLoop {
    pub(crate) flow: Flow,
    pub(crate) calls: PortCalls,
    pub(crate) observers: Observers,
    pub(crate) funnel: Funnel,
    pub(crate) recorder: Option<Arc<FlightRecorder>>,
    pub(crate) screen: Arc<Screen>,
    pub(crate) sign_outs: PendingSignOuts,
    /// The buffer that the machine pushes its effects into.
    pub(crate) effects: Vec<Effect>,
    /// The callers that wait until nothing runs but so many requests to the BFF.
    pub(crate) idle_waiters: Vec<(usize, oneshot::Sender<()>)>,
}

/// What the event loop receives.
pub(crate) struct Inbox {
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) messages: mpsc::UnboundedReceiver<Message>,
}

impl EventLoop {
    pub(crate) async fn run(&mut self, inbox: &mut Inbox) {
        self.handle_all(inbox).await;
        if let Some(recorder) = &self.recorder {
            recorder.write_now().await;
        }
    }

    /// Handles what arrives, until the shutdown.
    async fn handle_all(&mut self, inbox: &mut Inbox) {
        loop {
            let outcome = tokio::select! {
                biased;
                // Before the messages, so that a late answer of Apple's does not overtake the first one.
                end = self.calls.next_end(), if self.calls.any_under_way() => match end {
                    Some(message) => self.outcome_of(message),
                    None => Outcome::Silent,
                },
                Ok(message) = inbox.messages.recv() => self.outcome_of(message),
                command = inbox.commands.recv() => match command {
                    Ok(Command::Shutdown) | Err(_) => return,
                    Ok(command) => {
                        self.handle_command(command);
                        Outcome::Silent
                    }
                },
            };
            // A sign-out comes before what has happened since its call (GEN-5), and the commands
            // before the sign-out come before it.
            while self.sign_outs.any() {
                match inbox.commands.recv().await {
                    Ok(Command::Shutdown) | Err(_) => return,
                    Ok(command) => self.handle_command(command),
                }
            }
            self.handle_outcome(outcome);
            let calls = &self.calls;
            let idle =
                self.idle_waiters.extract_if(.., |(but_for, _)| calls.is_idle_but_for(*but_for));
            for (_, waiter) in idle {
                // The caller may have stopped waiting.
                let _ = waiter.send(());
            }
        }
    }

    fn outcome_of(&mut self, message: Message) -> Outcome {
        match message {
            Message::Happened(event) => Outcome::Event(event),
            Message::Ended(work, outcome) => {
                self.calls.note_end(work);
                outcome
            }
        }
    }

    fn handle_outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Silent => {}
            Outcome::Event(Event::CameToForeground) => {
                // The requests of the step follow when the cache is open.
                self.calls.come_to_foreground();
                self.step(Event::CameToForeground, None);
            }
            Outcome::Event(Event::WentToBackground) => {
                self.step(Event::WentToBackground, None);
                self.calls.go_to_background();
                if let Some(recorder) = &self.recorder {
                    recorder.write_soon();
                }
            }
            Outcome::Event(event) => self.step(event, None),
            Outcome::EventWithPassword(event, password) => self.step(event, Some(password)),
        }
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::Intent(intent, _place) => self.step(Event::Intent(intent), None),
            Command::SignOut(done) => {
                self.sign_outs.handle_one();
                self.calls.forget_account(done);
                self.step(Event::SignedOut, None);
            }
            Command::Refresh(vin) => self.step(Event::RefreshRequested(vin), None),
            Command::Forget(vin, done) => {
                self.calls.forget_vehicle(vin, done);
                self.step(Event::VehicleForgotten(vin), None);
            }
            Command::Idle { but_for, done } => self.idle_waiters.push((but_for, done)),
            Command::Suspend(done) => self.calls.suspend(done),
            Command::Resume(done) => self.calls.resume(done),
            Command::Shutdown => {}
        }
    }

    /// Takes one step of the machine, publishes the new view and performs the effects.
    fn step(&mut self, event: Event, mut password: Option<PairingPassword>) {
        tracing::debug!(?event, "event");
        let is_retry = event == Event::Intent(Intent::Tap(Tap::Retry));
        let observed = self.observers.want_steps().then(|| event.clone());
        let verdict = match &self.recorder {
            Some(recorder) => recorder.step(&mut self.flow, event, &mut self.effects),
            None => self.flow.step(event, &mut self.effects),
        };
        if let Some(event) = &observed {
            self.report_step(event, verdict);
        }
        if let Verdict::Ignored(reason) = verdict {
            tracing::debug!(%reason, "ignored");
            return;
        }
        if is_retry {
            self.calls.allow_retry();
        }
        // Before the effects: the end of one is reported to a caller, who may look at the view (GEN-9).
        let view = self.flow.view();
        if let Some(recorder) = &self.recorder {
            recorder.write_if_due(&view);
        }
        self.screen.show(view, &self.sign_outs);
        for effect in self.effects.drain(..) {
            tracing::debug!(?effect, "effect");
            if let Some(on_effect) = &self.observers.on_effect {
                on_effect(&effect);
            }
            self.calls.perform(effect, &mut password);
        }
    }

    fn report_step(&mut self, event: &Event, verdict: Verdict) {
        let view = &self.flow.view();
        let step = ObservedStep { event, verdict, effects: &self.effects, view };
        if let Some(on_step) = &self.observers.on_step {
            on_step(&step);
        }
        if let Some(on_funnel) = &self.observers.on_funnel
            && verdict == Verdict::Accepted
        {
            self.funnel.observe(event, &self.effects, view, on_funnel);
        }
    }
}
