CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
INSERT INTO app.t VALUES (1, 'x');
