CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a «column.type*: integer ¦ bigint», b text);
INSERT INTO §.t VALUES (1, 1, 'x'), (2, 2, NULL);
CREATE MATERIALIZED VIEW §.m WITH (fillfactor = «materialized_view.options: 90 ¦ 80») TABLESPACE «materialized_view.tablespace: pg_default ¦ random_space» AS SELECT id, a, b FROM §.t «materialized_view.definition: ¦ WHERE a > 0 ¦ WHERE a > 1 OR b IS NULL» «: WITH DATA ¦ WITH NO DATA»;
CREATE UNIQUE INDEX m_id ON §.m (id);
«index: CREATE INDEX m_b ON §.m (lower(b)); ¦ »
COMMENT ON MATERIALIZED VIEW §.m IS «materialized_view.comment: NULL ¦ 'kept'»;
COMMENT ON COLUMN §.m.b IS «materialized_view.column_comments: NULL ¦ 'b'»;
ALTER MATERIALIZED VIEW §.m ALTER b SET STORAGE «materialized_view.column_storage: EXTENDED ¦ EXTERNAL»;
ALTER MATERIALIZED VIEW §.m ALTER b SET COMPRESSION «materialized_view.column_compression: default ¦ pglz»;
ALTER MATERIALIZED VIEW §.m ALTER b SET STATISTICS «materialized_view.column_statistics: -1 ¦ 50»;
ALTER MATERIALIZED VIEW §.m ALTER a SET (n_distinct = «materialized_view.column_options: 5 ¦ 6»);
CREATE VIEW §.over AS SELECT a FROM §.m;
«materialized_view: CREATE MATERIALIZED VIEW §.again AS SELECT a, count(*) FROM §.over GROUP BY a WITH NO DATA; ¦ »
