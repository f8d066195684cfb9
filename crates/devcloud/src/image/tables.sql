CREATE TABLE IF NOT EXISTS image (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT COLLATE NOCASE,
  status TEXT NOT NULL COLLATE NOCASE,
  visibility TEXT NOT NULL,
  owner TEXT COLLATE NOCASE,
  disk_format TEXT COLLATE NOCASE,
  container_format TEXT COLLATE NOCASE,
  size INTEGER,
  virtual_size INTEGER,
  min_disk INTEGER NOT NULL,
  min_ram INTEGER NOT NULL,
  protected INTEGER NOT NULL,
  os_hidden INTEGER NOT NULL,
  checksum TEXT COLLATE NOCASE,
  os_hash_algo TEXT COLLATE NOCASE,
  os_hash_value TEXT COLLATE NOCASE,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  stores TEXT NOT NULL,
  tags TEXT NOT NULL,
  properties TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS image_by_time ON image (created_at, id);
CREATE INDEX IF NOT EXISTS image_by_name ON image (name, created_at, id);
CREATE INDEX IF NOT EXISTS image_by_owner ON image (owner, created_at, id);
CREATE TABLE IF NOT EXISTS image_property (
  image INTEGER NOT NULL REFERENCES image (seq) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE,
  value TEXT NOT NULL COLLATE NOCASE
);
CREATE INDEX IF NOT EXISTS image_property_by_value ON image_property (name, value, image);
CREATE INDEX IF NOT EXISTS image_property_by_image ON image_property (image);
CREATE TABLE IF NOT EXISTS image_tag (
  image INTEGER NOT NULL REFERENCES image (seq) ON DELETE CASCADE,
  tag TEXT NOT NULL COLLATE NOCASE
);
CREATE INDEX IF NOT EXISTS image_tag_by_tag ON image_tag (tag, image);
CREATE INDEX IF NOT EXISTS image_tag_by_image ON image_tag (image);
CREATE TABLE IF NOT EXISTS image_member (
  image INTEGER NOT NULL REFERENCES image (seq) ON DELETE CASCADE,
  member TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (image, member)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS image_member_by_member ON image_member (member, status, image);
CREATE TABLE IF NOT EXISTS image_task (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  image_id TEXT NOT NULL,
  status TEXT NOT NULL,
  owner TEXT NOT NULL,
  user_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  input TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER
);
CREATE INDEX IF NOT EXISTS image_task_by_image ON image_task (image_id);
-- Glance keeps deleted rows, so that an id is never given twice.
CREATE TABLE IF NOT EXISTS image_deleted (id TEXT PRIMARY KEY) WITHOUT ROWID;
