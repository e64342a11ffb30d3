-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b text) WITH (fillfactor = 80, parallel_workers = 2, toast.autovacuum_vacuum_threshold = 7);
INSERT INTO app.t VALUES (1, 'x');
