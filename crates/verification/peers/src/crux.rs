//! The plain machine as the model of an app of crux_core.
//!
//! A question is an operation whose answer comes back as an event; a change of the record is a
//! notification. The lean app has no view. The other one follows the idiom: each update ends with a render,
//! and the shell answers a render by reading the view.
//!
//! Both leave out what the plain machine leaves out, and the bridge that serializes events and effects for
//! another language.

use std::collections::VecDeque;
use std::hint::black_box;

use crux_core::capability::Operation;
use crux_core::macros::effect;
use crux_core::render::{RenderOperation, render};
use crux_core::{App, Command, Core, Request};
use digital_key_domain::{Event, RecordChange, Reply, Vin};

use crate::plain::{Plain, PlainView};

/// A question to the outside.
pub struct Ask(#[expect(dead_code, reason = "a shell would read it")] digital_key_domain::Request);

impl Operation for Ask {
    type Output = Reply;
}

/// A change that the cache stores.
pub struct Store(
    #[expect(dead_code, reason = "a shell would read it")] Vin,
    #[expect(dead_code, reason = "a shell would read it")] RecordChange,
);

impl Operation for Store {
    type Output = ();
}

#[effect]
pub enum Effect {
    Ask(Ask),
    Store(Store),
    Render(RenderOperation),
}

#[derive(Default)]
pub struct Pairing {
    renders: bool,
}

impl App for Pairing {
    type Event = Event;
    type Model = Plain;
    type ViewModel = PlainView;
    type Effect = Effect;

    fn update(&self, event: Event, model: &mut Plain) -> Command<Effect, Event> {
        let mut effects = Vec::new();
        assert!(model.step(event, &mut effects));
        let commands = effects.into_iter().map(command);
        if self.renders { Command::all(commands.chain([render()])) } else { Command::all(commands) }
    }

    fn view(&self, model: &Plain) -> PlainView {
        model.view()
    }
}

fn command(effect: digital_key_domain::Effect) -> Command<Effect, Event> {
    match effect {
        digital_key_domain::Effect::Request(request) => {
            let (id, vin) = (request.id, request.vin);
            Command::request_from_shell(Ask(request)).then_send(move |reply| Event::Replied {
                id,
                vin,
                reply,
            })
        }
        digital_key_domain::Effect::Store { vin, change } => {
            Command::notify_shell(Store(vin, change)).build()
        }
        _ => Command::done(),
    }
}

/// The core, and the shell that answers it.
pub struct Player {
    core: Core<Pairing>,
    open: VecDeque<Request<Ask>>,
}

impl Player {
    pub fn lean() -> Self {
        Self::new(false)
    }

    pub fn with_view() -> Self {
        Self::new(true)
    }

    fn new(renders: bool) -> Self {
        let core = Core::new_with(Pairing { renders }, Plain::default());
        Self { core, open: VecDeque::with_capacity(8) }
    }

    /// Plays an intent as an event, and an answer as the result of the oldest open request.
    pub fn play(&mut self, event: Event) {
        let effects = match event {
            Event::Replied { reply, .. } => {
                let mut request = self.open.pop_front().expect("the machine asked");
                self.core.resolve(&mut request, reply).expect("it is the first answer")
            }
            event => self.core.process_event(event),
        };
        for effect in effects {
            match effect {
                Effect::Ask(request) => self.open.push_back(request),
                Effect::Store(store) => {
                    black_box(store.operation);
                }
                Effect::Render(_) => {
                    black_box(self.core.view());
                }
            }
        }
    }
}
