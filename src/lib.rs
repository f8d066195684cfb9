//! The console: a single-page app in the browser that talks to the cloud's own APIs.
//!
//! How a page is written: `pages/mod.rs`. What it is built of: `ui` (knows neither router nor API),
//! `components` (know the domain), `cloud` (one async function for each thing a user wants), `live`
//! and `remote` (data that is looked at again and again), `text` (words and figures), `routes` (paths).
//!
//! There is no server of our own behind it, and no state beyond the page but the sign-in
//! (`session`) and the uploads.

pub mod address;
pub mod app;
pub mod captures;
mod channel;
pub mod clock;
pub mod cloud;
pub mod components;
pub mod config;
pub mod downloads;
pub mod fetch;
pub mod inspecting;
pub mod lazy;
pub mod live;
pub mod locale;
pub mod pages;
pub mod release;
pub mod remote;
pub mod routes;
pub mod session;
pub mod storage;
pub mod text;
pub mod theme;
pub mod title;
pub mod ui;
pub mod uploads;
mod worker;
