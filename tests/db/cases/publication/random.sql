CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a integer, b text);
CREATE TABLE §.u (id integer PRIMARY KEY, a integer) PARTITION BY RANGE (id);
CREATE PUBLICATION «publication.name: §_pub ¦ "§ Pub"» FOR TABLE «publication.tables: §.t ¦ §.t, §.u ¦ §.t (id, a) ¦ §.t WHERE (a > 0)» WITH (publish = «publication.publish: 'insert, update' ¦ 'insert'», publish_via_partition_root = «publication.publish_via_partition_root: false ¦ true»);
CREATE PUBLICATION §_schemas «publication.schemas: FOR TABLES IN SCHEMA § ¦ »;
COMMENT ON PUBLICATION §_schemas IS «publication.comment: NULL ¦ 'all of it'»;
CREATE PUBLICATION §_all «publication.all_tables: ¦ FOR ALL TABLES»;
«publication: CREATE PUBLICATION §_gone; ¦ »
