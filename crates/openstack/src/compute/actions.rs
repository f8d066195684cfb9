//! What can be done to a server, and what was done.

use std::collections::BTreeMap;

use crate::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::feature::Feature;
use super::server::path;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::{Service, segment};
use crate::error::{ApiError, ErrorKind};
use crate::identity::Secret;
use crate::ids::{ImageId, ServerId, UserId};
use crate::microversion::Microversion;
use crate::transport::{Method, Response, Transport};

/// How to restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reboot {
    /// Ask the operating system.
    Soft,
    /// Switch off and on.
    Hard,
}

/// Something that was done to a server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ActionRow {
    /// `create`, `stop`, `rescue`, …
    pub action: String,
    /// For [`action_steps`], and for the operator.
    pub request_id: String,
    /// Who did it; `None` for the cloud itself.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// What went wrong.
    #[serde(default)]
    pub message: Option<String>,
    /// When.
    #[serde(default, deserialize_with = "decode::time")]
    pub start_time: Option<Timestamp>,
    /// When its last step began or ended (2.58).
    #[serde(default, deserialize_with = "decode::time")]
    pub updated_at: Option<Timestamp>,
}

/// A step of an action.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ActionStep {
    /// `compute__do_build_and_run_instance`, …
    pub event: String,
    /// `Success`, `Error`; `None` while it goes on.
    #[serde(default)]
    pub result: Option<String>,
    /// When it began.
    #[serde(default, deserialize_with = "decode::time")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "decode::time")]
    pub finish_time: Option<Timestamp>,
    /// What went wrong (2.84).
    #[serde(default)]
    pub details: Option<String>,
}

/// An action that is as old as the API.
async fn act<T: Transport>(
    client: &Client<T>,
    operation: &'static str,
    id: &ServerId,
    body: &Value,
) -> Result<Response, ApiError> {
    client.send(action(operation, id, body)).await
}

fn action(operation: &'static str, id: &ServerId, body: &Value) -> Call {
    Call::new(operation, Service::Compute, Method::Post, path(id, "/action")).json(body)
}

/// Switches a server on.
///
/// # Errors
/// 409 in a state that does not allow it, or when it is locked; so for all of these.
pub async fn start<T: Transport>(client: &Client<T>, id: &ServerId) -> Result<(), ApiError> {
    act(client, "start the instance", id, &json!({"os-start": null})).await.map(drop)
}

/// Switches a server off.
///
/// # Errors
/// As [`start`].
pub async fn stop<T: Transport>(client: &Client<T>, id: &ServerId) -> Result<(), ApiError> {
    act(client, "stop the instance", id, &json!({"os-stop": null})).await.map(drop)
}

/// Restarts a server.
///
/// # Errors
/// As [`start`].
pub async fn reboot<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    how: Reboot,
) -> Result<(), ApiError> {
    let kind = match how {
        Reboot::Soft => "SOFT",
        Reboot::Hard => "HARD",
    };
    act(client, "reboot the instance", id, &json!({"reboot": {"type": kind}})).await.map(drop)
}

/// Makes an image of a server. A server on a volume yields an image without data that points to volume snapshots. The image
/// gets the properties of the image that the server was made of, and `properties` besides.
///
/// # Errors
/// 403 over the quota of volume snapshots, 409 in a state that does not allow it.
pub async fn create_image<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    name: &str,
    properties: &BTreeMap<String, String>,
) -> Result<ImageId, ApiError> {
    const OPERATION: &str = "create the image from the instance";
    let wanted = match properties.is_empty() {
        true => json!({"name": name}),
        false => json!({"name": name, "metadata": properties}),
    };
    // Since 2.45 in the body, before that only at the end of `Location`, which CORS hides.
    let call = action(OPERATION, id, &json!({"createImage": wanted}));
    let response = client.send(call.uses(Microversion::new(2, 45))).await?;
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    let in_body = body.as_ref().and_then(|body| body.get("image_id")).and_then(Value::as_str);
    let in_header = response.header("location").and_then(|location| location.rsplit('/').next());
    in_body.or(in_header).map(ImageId::from).ok_or_else(|| {
        ApiError::decode(OPERATION, Service::Compute, &response, "no image id in the answer")
    })
}

/// Boots a server from a rescue image; `None` takes the image it was made from. The password is for the rescue system.
///
/// # Errors
/// 400 for a server on a volume before 2.87 ([`super::Feature::RescueOnVolume`]), and unless the image has
/// `hw_rescue_device` and `hw_rescue_bus`; 409 when it is rescued.
pub async fn rescue<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    image: Option<&ImageId>,
) -> Result<Option<Secret>, ApiError> {
    let body = match image {
        Some(image) => json!({"rescue": {"rescue_image_ref": image}}),
        None => json!({"rescue": {}}),
    };
    let call = action("rescue the instance", id, &body);
    let response = client.send(call.uses(Feature::RescueOnVolume.since())).await?;
    let body: Value = serde_json::from_slice(&response.body)
        .map_err(|why| ApiError::decode("rescue the instance", Service::Compute, &response, why))?;
    Ok(body.get("adminPass").and_then(Value::as_str).map(Secret::new))
}

/// Boots a rescued server from its own disk again.
///
/// # Errors
/// 409 when it is not rescued.
pub async fn unrescue<T: Transport>(client: &Client<T>, id: &ServerId) -> Result<(), ApiError> {
    act(client, "end the rescue of the instance", id, &json!({"unrescue": null})).await.map(drop)
}

/// The last lines of a server's serial console.
///
/// # Errors
/// 409 while it is being made.
pub async fn console_output<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    lines: u32,
) -> Result<String, ApiError> {
    const OPERATION: &str = "read the console log";
    let body = json!({"os-getConsoleOutput": {"length": lines}});
    let response = act(client, OPERATION, id, &body).await?;
    let body: Value = serde_json::from_slice(&response.body)
        .map_err(|why| ApiError::decode(OPERATION, Service::Compute, &response, why))?;
    Ok(body.get("output").and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// The URL of a server's screen in a browser; it holds a token and runs out after some minutes.
///
/// # Errors
/// 400 where the cloud has no such console, 409 while it is off, [`ErrorKind::Decode`].
pub async fn console_url<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
) -> Result<Secret, ApiError> {
    let call =
        Call::new("open the console", Service::Compute, Method::Post, path(id, "/remote-consoles"))
            .json(&json!({"remote_console": {"protocol": "vnc", "type": "novnc"}}))
            .uses(Microversion::new(2, 6));
    let missing = call.error(ErrorKind::Decode, "no `url` in the answer");
    let console: Value = client.json_under(call, "remote_console").await?;
    console.get("url").and_then(Value::as_str).map(Secret::new).ok_or(missing)
}

/// What was done to a server, newest first.
///
/// # Errors
/// As every call.
pub async fn actions<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
) -> Result<Listing<ActionRow>, ApiError> {
    let path = path(id, "/os-instance-actions");
    let call = Call::new("list what was done to the instance", Service::Compute, Method::Get, path);
    // When each changed, and pages; of a server that is gone, too (2.21).
    client.all_pages(call.uses(Microversion::new(2, 58)), "instanceActions").await
}

/// The steps of one action, where policy shows them.
///
/// # Errors
/// 404 for an unknown request id.
pub async fn action_steps<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    request_id: &str,
) -> Result<Listing<ActionStep>, ApiError> {
    let path = path(id, &format!("/os-instance-actions/{}", segment(request_id)));
    let call = Call::new("show what was done to the instance", Service::Compute, Method::Get, path)
        .uses(Feature::ActionDetails.since());
    let mut action: serde_json::Map<String, Value> =
        client.json_under(call.clone(), "instanceAction").await?;
    if !action.contains_key("events") {
        return Ok(Listing::default());
    }
    decode::rows(&mut action, "events").map_err(|why| call.error(ErrorKind::Decode, why))
}
