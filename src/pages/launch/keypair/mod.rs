//! New key pairs: made by the cloud (`generate`), whose private half is saved once and never kept; or the user's own
//! (`import`), of which the cloud is given the public half. What the two dialogs have in common is here.

mod generate;
mod import;

use leptos::prelude::*;
use openstack::compute::Keypair;
use openstack::{ApiError, ErrorKind};

pub use self::generate::GenerateDialog;
pub use self::import::ImportDialog;
use super::fields::Fields;
use super::supply::{Supply, value};
use super::words::key_name_problem;
use crate::text::errors;

/// What the two dialogs have in common: a name, and what is wrong with it.
#[derive(Clone, Copy)]
struct Naming {
    name: RwSignal<String>,
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    problem: Memo<Option<String>>,
}

impl Naming {
    fn new(supply: Supply) -> Self {
        let name = RwSignal::new(String::new());
        let problem = Memo::new(move |_| {
            let known: Vec<String> =
                value(supply.keys).unwrap_or_default().into_iter().map(|key| key.name).collect();
            key_name_problem(&name.read(), &known)
        });
        Self {
            name,
            tried: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            problem,
        }
    }

    /// At the name's field: what is wrong with it, or that the cloud has it already (409).
    fn error(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let taken = self.refused.with(|refused| {
                refused
                    .as_ref()
                    .filter(|error| error.kind == ErrorKind::Conflict)
                    .map(|error| errors::api(error, None).text_with_request())
            });
            self.problem.get().filter(|_| self.tried.get()).or(taken)
        })
    }

    /// Whether it may be sent; from now on what is wrong is shown.
    fn begins(self) -> bool {
        self.tried.set(true);
        let begins = self.problem.get_untracked().is_none() && !self.busy.get_untracked();
        if begins {
            self.busy.set(true);
            self.refused.set(None);
        }
        begins
    }

    fn clear(self) {
        self.name.set(String::new());
        self.tried.set(false);
        self.refused.set(None);
    }
}

/// Into the list, and chosen.
fn take_in(supply: Supply, fields: Fields, keypair: Keypair) {
    let name = keypair.name.clone();
    supply.keys.amend(|keys| {
        keys.push(keypair);
        keys.sort_by_cached_key(|key| key.name.to_lowercase());
    });
    fields.key.set(name);
}
