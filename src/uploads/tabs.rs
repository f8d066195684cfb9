//! What the tabs of this browser tell each other: whoever runs an upload says how it is, so that the others can show it.
//!
//! It proves nothing: that an upload runs is what its lock says (`locks`). Nothing secret is told.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

const NAME: &str = "slipway.uploads";

/// How an upload of another tab is, in that tab's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Which (`Entry::upload`).
    pub upload: String,
    /// Its scope (`Cloud::key`).
    pub scope: String,
    /// Whose it is.
    pub user: String,
    /// The image's name.
    pub name: String,
    /// The image's id, once there is a record.
    pub image: Option<String>,
    /// What it does.
    pub word: String,
    /// The shape that goes with the word (`data-status`).
    pub shape: String,
    /// Figures: how much, how fast, how long.
    pub figures: Option<String>,
    /// How far it is.
    pub share: Option<f64>,
}

/// What one tab tells the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    /// How are yours?
    Ask,
    /// So is one of mine.
    State(Box<Summary>),
}

/// The channel, while somebody listens; dropping it closes it.
pub struct Tabs {
    channel: Option<BroadcastChannel>,
    _hears: Option<Closure<dyn FnMut(MessageEvent)>>,
}

impl Tabs {
    /// Listens to the other tabs. A browser without the channel has tabs that do not hear of each other.
    pub fn listen(hear: impl Fn(Told) + 'static) -> Self {
        let Ok(channel) = BroadcastChannel::new(NAME) else {
            return Self { channel: None, _hears: None };
        };
        let hears = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // Of another version when it cannot be read: that tab knows what it does.
            if let Some(Ok(told)) = event.data().as_string().map(|text| serde_json::from_str(&text))
            {
                hear(told);
            }
        });
        channel.set_onmessage(Some(hears.as_ref().unchecked_ref()));
        Self { channel: Some(channel), _hears: Some(hears) }
    }

    /// Tells the other tabs.
    pub fn tell(&self, told: &Told) {
        let (Some(channel), Ok(text)) = (&self.channel, serde_json::to_string(told)) else {
            return;
        };
        if let Err(error) = channel.post_message(&text.as_str().into()) {
            leptos::logging::warn!("other tabs could not be told: {error:?}");
        }
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}
