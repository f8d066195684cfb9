//! Images of instances on volumes: what they point to, and what becomes of it when they are deleted.

use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{Api, Outcome, Trouble, journey, like};

/// An instance on a boot volume of 4 GiB and with a second one of 2 GiB.
async fn make_instance(cloud: &Api, name: &str) -> Result<String, Trouble> {
    let image = cloud.find("/image/v2/images?name=cirros-0.6.3-x86_64", "/images/0/id").await?;
    let data = json!({"name": format!("{name}-data"), "size": 2, "availability_zone": "dev-1a"});
    let data = cloud.make_volume(data).await?;
    let disks = json!({"block_device_mapping_v2": [
        {"boot_index": 0, "source_type": "image", "destination_type": "volume", "uuid": image,
         "volume_size": 4, "delete_on_termination": false},
        {"boot_index": null, "source_type": "volume", "destination_type": "volume", "uuid": data,
         "delete_on_termination": false},
    ]});
    cloud.make_instance(name, "gp.1x2", disks).await
}

/// An image of it: the image's id, and those of its volume snapshots.
async fn make_image(
    cloud: &Api,
    server: &str,
    name: &str,
) -> Result<(String, Vec<String>), Trouble> {
    let path = format!("/compute/v2.1/servers/{server}/action");
    let made = cloud.ask(Method::POST, &path, Some(json!({"createImage": {"name": name}}))).await?;
    let id = text(&made, "/image_id")?;
    let path = format!("/image/v2/images/{id}");
    cloud.until(&path, "/status", "active").await?;
    let mapping = cloud.find(&path, "/block_device_mapping").await?;
    let rows: Value = serde_json::from_str(mapping.as_str().ok_or("no mapping")?)?;
    let mut snapshots = Vec::new();
    for row in rows.as_array().ok_or("no rows")? {
        let snapshot = text(row, "/snapshot_id")?;
        let path = format!("/volume/v3/snapshots/{snapshot}");
        cloud.until(&path, "/snapshot/status", "available").await?;
        snapshots.push(snapshot);
    }
    Ok((id, snapshots))
}

fn text(value: &Value, place: &str) -> Result<String, Trouble> {
    let found = value.pointer(place).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("no {place} in {value}"))?.to_owned())
}

#[tokio::test]
async fn a_snapshot_goes_with_its_image_and_one_in_use_is_told() -> Outcome {
    journey(
        "snapshot-image-in-use",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, stage.api().await?);
            let server = make_instance(&cloud, "erp-db").await?;
            let (image, snapshots) = make_image(&cloud, &server, "erp-before").await?;
            let data = snapshots.get(1).ok_or("one snapshot for each volume")?;
            let child = json!({"name": "erp-check", "size": 2, "snapshot_id": data});
            let child = cloud.make_volume(child).await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", "erp-before").await?;
            user.read("snapshot of volumes").await?;
            user.click("link", "erp-before").await?;
            user.see("region", "Volume snapshots").await?;
            user.read("2 snapshots, 6 GiB, zone dev-1a").await?;
            user.read("2 GiB of the volume erp-db-data, zone dev-1a. A further disk.").await?;
            user.read("1 volume was made from it: erp-check.").await?;
            user.read("the instance has to be there too").await?;
            user.click("link", "erp-db").await?;
            user.see("heading", "erp-db").await?;

            user.open(&format!("/images/{image}")).await?;
            user.click("button", "Actions for erp-before").await?;
            user.click("button", "Delete").await?;
            user.read("Many clouds keep a snapshot as long as such a volume is there").await?;
            // What volumes hang on is not chosen unless somebody does.
            user.see("button", "Delete image and 1 volume snapshot").await?;
            user.click("checkbox", like("snapshot for erp-before, 2 GiB")).await?;
            user.click("button", "Delete image and 2 volume snapshots").await?;
            user.read("1 volume snapshot is still there").await?;
            user.read("1 of 2 volume snapshots deleted").await?;
            user.read(data).await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 1);
            assert_eq!(
                cloud
                    .answer(Method::GET, &format!("/image/v2/images/{image}"), None)
                    .await?
                    .0
                    .as_u16(),
                404
            );

            cloud.ask(Method::DELETE, &format!("/volume/v3/volumes/{child}"), None).await?;
            cloud.gone(&format!("/volume/v3/volumes/{child}")).await?;
            user.click("button", "Try the 1 again").await?;
            user.read("erp-before and its volume snapshots were deleted").await?;
            user.at("the list", |path| path == "/images" || path.starts_with("/images?")).await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 0);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn several_go_with_their_snapshots_and_one_that_stays_is_told() -> Outcome {
    journey(
        "snapshot-images-several",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, stage.api().await?);
            let server = make_instance(&cloud, "erp-db").await?;
            make_image(&cloud, &server, "erp-monday").await?;
            let (_, snapshots) = make_image(&cloud, &server, "erp-tuesday").await?;
            let data = snapshots.get(1).ok_or("one snapshot for each volume")?;
            let child = json!({"name": "erp-check", "size": 2, "snapshot_id": data});
            let child = cloud.make_volume(child).await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("checkbox", "Select erp-monday").await?;
            user.click("checkbox", "Select erp-tuesday").await?;
            user.click("button", "Delete").await?;
            user.see("dialog", "Delete 2 images?").await?;
            user.read("2 images of them: only a record that points to volume snapshots").await?;
            user.see("checkbox", like("erp-monday: snapshot for erp-monday, 4 GiB")).await?;
            // What volumes hang on is not chosen unless somebody does.
            user.read("1 volume was made from it: erp-check.").await?;
            user.looks_well().await?;
            user.click("checkbox", like("erp-tuesday: snapshot for erp-tuesday, 2 GiB")).await?;
            user.click("button", "Delete 2 images").await?;
            user.read("1 image is done, 1 failed").await?;
            user.read("snapshot for erp-tuesday, 2 GiB is still there.").await?;
            user.read(data).await?;
            user.looks_well().await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 1);

            cloud.ask(Method::DELETE, &format!("/volume/v3/volumes/{child}"), None).await?;
            cloud.gone(&format!("/volume/v3/volumes/{child}")).await?;
            user.click("button", "Try the 1 again").await?;
            user.gone("dialog", like("Delete")).await?;
            user.gone("link", "erp-tuesday").await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 0);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_is_not_chosen_stays() -> Outcome {
    journey(
        "snapshot-image-kept",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, stage.api().await?);
            let server = make_instance(&cloud, "erp-db").await?;
            make_image(&cloud, &server, "erp-monday").await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("button", "Actions for erp-monday").await?;
            user.click("button", "Delete").await?;
            user.see("button", "Delete image and 2 volume snapshots").await?;
            user.click("checkbox", like("snapshot for erp-monday, 2 GiB")).await?;
            user.read("What stays goes on counting against the quota.").await?;
            user.click("button", "Delete image and 1 volume snapshot").await?;
            user.read("erp-monday and 1 of its 2 volume snapshots were deleted").await?;
            user.gone("link", "erp-monday").await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 1);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_gone_snapshot_is_said_on_the_image() -> Outcome {
    journey(
        "snapshot-image-broken",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, stage.api().await?);
            let server = make_instance(&cloud, "erp-db").await?;
            let (image, snapshots) = make_image(&cloud, &server, "erp-broken").await?;
            let first = format!("/volume/v3/snapshots/{}", snapshots.first().ok_or("none")?);
            cloud.ask(Method::DELETE, &first, None).await?;
            cloud.gone(&first).await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{image}")).await?;
            user.read("A volume snapshot of this image is gone").await?;
            user.click("button", "Actions for erp-broken").await?;
            user.click("button", "Delete").await?;
            user.read("It is gone already.").await?;
            user.click("button", "Delete image and 1 volume snapshot").await?;
            user.at("the list", |path| path == "/images" || path.starts_with("/images?")).await?;
            assert_eq!(cloud.volume_snapshots().await?.len(), 0);
            Ok(())
        },
    )
    .await
}
