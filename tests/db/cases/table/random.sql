CREATE SCHEMA §;
CREATE TYPE §.shape AS (id integer, note text);
CREATE «table.persistence: ¦ UNLOGGED» TABLE §.plain (id integer CONSTRAINT plain_id NOT NULL, code text NOT NULL, note text);
CREATE UNIQUE INDEX plain_key ON §.plain (id);
ALTER TABLE §.plain SET («table.options: fillfactor = 100 ¦ fillfactor = 80 ¦ fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_vacuum_scale_factor = 0.5»);
ALTER TABLE §.plain REPLICA IDENTITY «table.replica_identity: DEFAULT ¦ FULL ¦ NOTHING»;
ALTER TABLE §.plain «table.row_security: DISABLE ¦ ENABLE» ROW LEVEL SECURITY;
ALTER TABLE §.plain «table.forced_row_security: NO FORCE ¦ FORCE» ROW LEVEL SECURITY;
ALTER TABLE §.plain SET TABLESPACE «table.tablespace: pg_default ¦ random_space»;
COMMENT ON TABLE §.plain IS «table.comment: NULL ¦ 'plain' ¦ 'other'»;
INSERT INTO §.plain VALUES (1, 'a', 'x'), (2, 'b', NULL);
CREATE TABLE §.shaped «table.of_type: (id integer, note text) ¦ OF §.shape»;
INSERT INTO §.shaped VALUES (1, 'x');
CREATE TABLE §.keyed (id integer PRIMARY KEY, n integer NOT NULL UNIQUE);
ALTER TABLE §.keyed REPLICA IDENTITY «i=: USING INDEX keyed_pkey ¦ USING INDEX keyed_n_key ¦ DEFAULT»;
«table: CREATE TABLE §."Gone" (a integer, "B b" text); INSERT INTO §."Gone" VALUES (1, 'x'); ¦ »
«table: CREATE TABLE §.nothing (); ¦ »
CREATE TABLE §.parted (id integer NOT NULL, at date NOT NULL, note text) PARTITION BY «k=table.partition_key*: RANGE (at) ¦ LIST (at) ¦ RANGE (id)»;
CREATE TABLE §.parted_one PARTITION OF §.parted FOR VALUES «k? FROM ('2020-01-01') TO ('2021-01-01') ¦ IN ('2020-02-03', '2020-02-04') ¦ FROM (1) TO (100)»;
CREATE TABLE §.parted_rest PARTITION OF §.parted DEFAULT;
CREATE INDEX parted_note ON §.parted (note);
INSERT INTO §.parted VALUES (1, '2020-02-03', 'x'), (500, '2023-01-01', NULL);
