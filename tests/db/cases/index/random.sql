CREATE SCHEMA §;
CREATE FUNCTION §.key(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE TABLE §.t (id integer NOT NULL, a integer NOT NULL, b text, c text, j jsonb);
INSERT INTO §.t VALUES (1, 1, 'x', 'y', '{}'), (2, 2, NULL, NULL, NULL);
CREATE «index.is_unique: ¦ UNIQUE» INDEX «index.name: t_a ¦ "T a"» ON §.t («index.definition: a ¦ a DESC NULLS LAST ¦ a) INCLUDE (b» );
CREATE INDEX t_b ON §.t «index.definition: (b) ¦ USING hash (b) ¦ (b text_pattern_ops) ¦ (b COLLATE "C") ¦ (§.key(b)) ¦ (b) WHERE c IS NOT NULL»;
COMMENT ON INDEX §.t_b IS «index.comment: NULL ¦ 'by b'»;
CREATE INDEX t_c ON §.t (c) WITH («index.options: fillfactor = 90 ¦ fillfactor = 70») TABLESPACE «index.tablespace: pg_default ¦ random_space»;
CREATE INDEX t_e ON §.t ((a + id), (b || c));
ALTER INDEX §.t_e ALTER COLUMN 1 SET STATISTICS «index.statistics: 100 ¦ 200»;
CREATE UNIQUE INDEX t_nulls ON §.t (id, b) «index.definition: ¦ NULLS NOT DISTINCT»;
«index: CREATE INDEX t_j ON §.t USING gin (j jsonb_path_ops); ¦ »
CREATE UNIQUE INDEX t_id ON §.t (id);
«index.replica_identity: ¦ ALTER TABLE §.t REPLICA IDENTITY USING INDEX t_id;»
«index.is_clustered: ¦ ALTER TABLE §.t CLUSTER ON t_id;»
CREATE TABLE §.keys (id integer NOT NULL, a integer NOT NULL, b integer NOT NULL, r int4range);
INSERT INTO §.keys VALUES (1, 1, 1, '[1,2)'), (2, 2, 2, '[3,4)');
«primary_key: ALTER TABLE §.keys ADD CONSTRAINT «primary_key.name: keys_pkey ¦ "Key of keys"» PRIMARY KEY («primary_key.definition: id ¦ id) INCLUDE (b») WITH (fillfactor = «primary_key.options: 90 ¦ 80») USING INDEX TABLESPACE «primary_key.tablespace: pg_default ¦ random_space» «primary_key.deferrable: ¦ DEFERRABLE ¦ DEFERRABLE INITIALLY DEFERRED»; ¦ »
«unique: ALTER TABLE §.keys ADD CONSTRAINT keys_a «unique.definition: UNIQUE (a) ¦ UNIQUE (a, b) ¦ UNIQUE NULLS NOT DISTINCT (a)» WITH (fillfactor = «unique.options: 90 ¦ 80») USING INDEX TABLESPACE «unique.tablespace: pg_default ¦ random_space» «unique.deferrable: ¦ DEFERRABLE»;
COMMENT ON CONSTRAINT keys_a ON §.keys IS «unique.comment: NULL ¦ 'only once'»; ¦ »
«exclusion: ALTER TABLE §.keys ADD CONSTRAINT keys_r EXCLUDE USING gist (r WITH «exclusion.definition: && ¦ =») WITH (fillfactor = «exclusion.options: 90 ¦ 80») USING INDEX TABLESPACE «exclusion.tablespace: pg_default ¦ random_space» «exclusion.deferrable: ¦ DEFERRABLE»;
COMMENT ON CONSTRAINT keys_r ON §.keys IS «exclusion.comment: NULL ¦ 'no overlap'»; ¦ »
CREATE TABLE §.marked (id integer NOT NULL CONSTRAINT marked_pkey PRIMARY KEY, n integer NOT NULL CONSTRAINT marked_n UNIQUE, r int4range);
COMMENT ON CONSTRAINT marked_pkey ON §.marked IS «primary_key.comment: NULL ¦ 'the key'»;
«primary_key.replica_identity: ¦ ALTER TABLE §.marked REPLICA IDENTITY USING INDEX marked_pkey;»
«primary_key.is_clustered: ¦ ALTER TABLE §.marked CLUSTER ON marked_pkey;»
CREATE TABLE §.marked_too (id integer NOT NULL, n integer NOT NULL CONSTRAINT marked_too_n UNIQUE, r int4range, CONSTRAINT marked_too_r EXCLUDE USING gist (r WITH &&));
«unique.replica_identity: ¦ ALTER TABLE §.marked_too REPLICA IDENTITY USING INDEX marked_too_n;»
«unique.is_clustered: ¦ ALTER TABLE §.marked_too CLUSTER ON marked_too_n;»
CREATE TABLE §.marked_three (r int4range, CONSTRAINT marked_three_r EXCLUDE USING gist (r WITH &&));
«exclusion.is_clustered: ¦ ALTER TABLE §.marked_three CLUSTER ON marked_three_r;»
