CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b integer, c text);
CREATE INDEX i ON app.t (b);
CREATE INDEX j ON app.t (a) WHERE a < b;
CREATE INDEX k ON app.t ((b + 1));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
