//! A small real OpenStack cloud in one process: Keystone, Glance, Nova, Neutron, Cinder and Swift
//! on one origin at DevStack's paths, rows in SQLite and bytes in files. It is what the console is tried,
//! developed and tested against.
//!
//! It answers as the real services do (`tests/contract/` at the root of the workspace holds samples
//! of a real cloud, and this crate's tests hold the answers against them). It shares no type with
//! the console's client on purpose: a field name that is wrong in a shared type would keep every
//! test green.
//!
//! What it deliberately does not do: run virtual machines, route packets, or scale.
//! `docs/devcloud.md` lists what it leaves out.

pub mod app;
pub mod auth;
mod body_reader;
mod body_schema;
pub mod clock;
pub mod compute;
mod cors;
pub mod db;
mod dispatch;
pub mod faults;
pub mod identity;
pub mod image;
mod image_facts;
mod incoming;
mod microversion;
pub mod network;
pub mod object;
pub mod options;
mod records;
pub mod release;
mod seed;
mod server;
pub mod service;
mod sparse;
pub mod state;
pub mod volume;

pub use options::Options;
pub use release::Release;
pub use seed::{TOTP_SECRET, well_known};
pub use server::{Devcloud, StartError, start};
