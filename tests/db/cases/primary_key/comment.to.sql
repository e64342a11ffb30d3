-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL, c text, CONSTRAINT t_pkey PRIMARY KEY (a));
COMMENT ON CONSTRAINT t_pkey ON app.t IS 'key';
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
