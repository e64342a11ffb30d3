--# once
CREATE SCHEMA §;
CREATE ACCESS METHOD random_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE §.t (id integer PRIMARY KEY, a text) USING «table.access_method: heap ¦ random_heap»;
INSERT INTO §.t VALUES (1, 'x');
CREATE MATERIALIZED VIEW §.m USING «materialized_view.access_method: heap ¦ random_heap» AS SELECT id FROM §.t;
