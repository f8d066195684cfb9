//! What hangs on a server: `os-interface`, `os-security-groups` and `os-volume_attachments`.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ComputeError;
use super::model::{Disk, Server};
use super::states::VmState;
use super::view;
use crate::{network, records};

/// `GET /servers/{id}/os-interface`, all or one.
pub async fn interfaces(
    call: &Call,
    server: Server,
    port_id: Option<&str>,
) -> Result<Response, ComputeError> {
    let id = server.id.clone();
    let ports = call.region.db.read(move |conn| view::ports(conn, &server)).await?;
    let tagged = call.since(70);
    let view = |port: &network::Object| {
        let mut view = json!({
            "net_id": network::text(port, "network_id"), "port_id": network::text(port, "id"),
            "mac_addr": network::text(port, "mac_address"), "port_state": network::text(port, "status"),
            "fixed_ips": port.get("fixed_ips"),
        });
        if tagged && let Some(view) = view.as_object_mut() {
            view.insert("tag".to_owned(), Value::Null);
        }
        view
    };
    let Some(port_id) = port_id else {
        return Ok(axum::Json(
            json!({"interfaceAttachments": ports.iter().map(view).collect::<Vec<Value>>()}),
        )
        .into_response());
    };
    match ports.iter().find(|port| network::text(port, "id") == port_id) {
        Some(port) => Ok(axum::Json(json!({"interfaceAttachment": view(port)})).into_response()),
        None => Err(ComputeError::not_found(format!(
            "Instance {id} does not have a port with id {port_id}"
        ))),
    }
}

/// `GET /servers/{id}/os-security-groups`.
pub async fn security_groups(call: &Call, server: Server) -> Result<Response, ComputeError> {
    let groups = call
        .region
        .db
        .read(move |conn| {
            let ids = view::group_ids(&view::ports(conn, &server)?);
            let mut groups = network::groups_of_project(conn, &server.project_id)?;
            groups.retain(|group| ids.iter().any(|id| id == network::text(group, "id")));
            Ok(groups)
        })
        .await?;
    // Nova's own form of rules: ingress only, ports named after their ends.
    let rule = |group: &str, rule: &Value| {
        let prefix = rule.get("remote_ip_prefix").filter(|prefix| !prefix.is_null());
        json!({
            "id": rule.get("id"), "parent_group_id": group,
            "ip_protocol": rule.get("protocol"),
            "from_port": rule.get("port_range_min"), "to_port": rule.get("port_range_max"),
            "group": {}, "ip_range": prefix.map_or(json!({}), |cidr| json!({"cidr": cidr})),
        })
    };
    let view = |group: &network::Object| {
        let id = network::text(group, "id");
        let rules =
            group.get("security_group_rules").and_then(Value::as_array).into_iter().flatten();
        let incoming =
            rules.filter(|rule| rule.get("direction").and_then(Value::as_str) == Some("ingress"));
        json!({
            "id": id, "name": network::text(group, "name"), "description": network::text(group, "description"),
            "tenant_id": network::text(group, "project_id"),
            "rules": incoming.map(|one| rule(id, one)).collect::<Vec<Value>>(),
        })
    };
    Ok(axum::Json(json!({"security_groups": groups.iter().map(view).collect::<Vec<Value>>()}))
        .into_response())
}

/// One of `os-volume_attachments`; `None` for a disk that is no volume.
pub fn attachment(call: &Call, server: &Server, disk: &Disk) -> Option<Value> {
    let volume_id = disk.volume_id.as_ref().filter(|_| server.vm_state != VmState::Deleted)?;
    let mut view = json!({"volumeId": volume_id, "serverId": server.id, "device": disk.device});
    let more = view.as_object_mut()?;
    if !call.since(89) {
        more.insert("id".to_owned(), json!(volume_id));
    }
    if call.since(70) {
        more.insert("tag".to_owned(), json!(disk.tag));
    }
    if call.since(79) {
        more.insert("delete_on_termination".to_owned(), json!(disk.delete_on_termination));
    }
    if call.since(89) {
        more.insert("attachment_id".to_owned(), json!(disk.attachment_id));
        more.insert("bdm_uuid".to_owned(), json!(disk.bdm_id));
    }
    Some(view)
}

/// `PUT /servers/{id}/os-volume_attachments/{volume}` since 2.85: whether the volume goes with the server. Anything else of
/// an attachment is for operators (nova/api/openstack/compute/volumes.py `_update_volume_regular`).
pub async fn set_fate(
    call: &Call,
    id: &str,
    volume_id: &str,
    body: &Value,
) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-volumes-attachments:update"));
    }
    let wanted = body.get("volumeAttachment").and_then(Value::as_object);
    let wanted = wanted.ok_or_else(|| {
        ComputeError::bad_request("Invalid input: 'volumeAttachment' is a required property")
    })?;
    let other = wanted.get("volumeId").and_then(Value::as_str).unwrap_or_default();
    if other != volume_id {
        return Err(ComputeError::policy("os-volumes-attachments:swap"));
    }
    let goes = wanted.get("delete_on_termination").and_then(Value::as_bool);
    let (id, volume) = (id.to_owned(), volume_id.to_owned());
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let mut server = records::get::<Server>(tx, &id)?
                .filter(|server| server.vm_state != VmState::Deleted)
                .ok_or_else(|| ComputeError::no_server(&id))?;
            let disk = server
                .disks
                .iter_mut()
                .find(|disk| disk.volume_id.as_deref() == Some(volume.as_str()))
                .ok_or_else(|| {
                    ComputeError::not_found(format!(
                        "Instance {id} is not attached to volume {volume}"
                    ))
                })?;
            if let Some(goes) = goes {
                disk.delete_on_termination = goes;
            }
            records::put(tx, &server)?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::ACCEPTED.into_response())
}
