//! What a session has to say, as JavaScript hears it: listeners called, promises settled, questions about the platform answered.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::client::Client;
use super::convert;
use super::error::to_js_caused;
use super::object::list;
use super::{conversation, own, reply};
use crate::browser::driver::Observer;
use crate::machine::Notice;
use crate::machine::error::Error;
use crate::patterns::Told;
use crate::patterns::own::OwnState;
use crate::patterns::policy::{Check, Policy};
use crate::session::{Connection, Reply, RequestId};

impl Observer for Client {
    fn changed(&self, notices: &[Notice]) {
        let changes = self.refresh(notices);
        for (chat, value, change) in &changes {
            let following = self.watches_of(*chat);
            self.of_chats.tell(&|watch| following.contains(&watch), &|callback| {
                callback.call2(&JsValue::UNDEFINED, value, change)
            });
        }
        if !self.of_all.is_empty() {
            let batch = list(changes.iter().map(|(_, _, change)| change.clone()));
            self.of_all.tell(&|_| true, &|callback| callback.call1(&JsValue::UNDEFINED, &batch));
        }
        self.forget_stale();
    }

    fn connected(&self, connection: Connection) {
        let value = convert::connection(connection, self.wall());
        *self.connection.borrow_mut() = value.clone();
        self.of_connection.tell(&|_| true, &|callback| callback.call1(&JsValue::UNDEFINED, &value));
    }

    fn failed(&self, error: &Error) {
        if let Some(on_error) = &self.on_error
            && let Err(thrown) = on_error.call1(&JsValue::UNDEFINED, &self.error(error))
        {
            crate::browser::report(&thrown);
        }
    }

    fn torn(&self) {
        // Whoever asks is told, and `onFatal` is.
        let _ = self.intact();
    }

    fn replied(&self, id: RequestId, result: Result<Reply, Error>, thrown: Option<JsValue>) {
        let gateway = self.driver.read(|session| session.gateway_kind());
        let told = result.map(|answer| reply::to_js(&answer));
        self.callers.settle(id.number(), &|_| {
            told.clone().map_err(|error| to_js_caused(&error, Some(gateway), thrown.clone()))
        });
    }

    fn told(&self, told: Told) {
        match told {
            Told::Answered(question, answer) => self
                .asked
                .settle(question.number(), &|shape| Ok(shape.map_or(JsValue::UNDEFINED, |shape| shape(answer)))),
            Told::Available(cohort, who) => {
                let who = JsValue::from_str(who.as_str());
                self.of_people.tell(&|of| of == cohort.number(), &|callback| callback.call1(&JsValue::UNDEFINED, &who));
            }
            Told::Struggling(chat, person) => {
                if let Some(struggling) = conversation::struggling(self, chat, person) {
                    self.of_struggling.tell(&|_| true, &|callback| callback.call1(&JsValue::UNDEFINED, &struggling));
                }
            }
        }
    }

    fn owned(&self, own: OwnState) {
        let value = own::to_js(own);
        *self.own.borrow_mut() = value.clone();
        self.of_own.tell(&|_| true, &|callback| callback.call1(&JsValue::UNDEFINED, &value));
    }

    fn asked(&self, check: Check) {
        let driver = Rc::downgrade(&self.driver);
        let tell = move |tell: &dyn Fn(&mut Policy)| {
            if let Some(driver) = driver.upgrade() {
                driver.with(|session, _, _| session.patterns_mut().own.policy().map(tell));
            }
        };
        match check {
            Check::Minute => {
                let minute = self.platform.borrow().minute();
                tell(&|policy| policy.handle_minute(minute));
            }
            Check::Health => self.platform.borrow().ask_health(move |well| tell(&|policy| policy.handle_health(well))),
        }
    }
}
