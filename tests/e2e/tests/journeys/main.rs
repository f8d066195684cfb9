//! What people do with the console, in a real browser, a file for each matter: one program, because to link thirty would
//! take longer than to run many of them.
#![allow(clippy::indexing_slicing)] // what JSON does not hold is null

mod access;
mod any_cloud_images;
mod any_cloud_instances;
mod any_cloud_session;
mod any_cloud_uploads;
mod check;
mod create;
mod create_form;
mod firefox;
mod hostile;
mod image_edit;
mod image_from_instance;
mod image_list;
mod images;
mod instances;
mod keyboard;
mod language;
mod launch;
mod launch_commands;
mod launch_faults;
mod launch_form;
mod older_cloud;
mod release;
mod rescue;
mod secrets;
mod sign_in;
mod snapshot_images;
mod sparse;
mod uploads_end;
mod uploads_file;
mod uploads_line;
mod uploads_resume;
mod uploads_several;
mod uploads_store;
mod uploads_table;
mod user_data;
