CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL, c text, CONSTRAINT t_pkey PRIMARY KEY (a));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
