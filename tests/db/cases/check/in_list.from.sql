CREATE SCHEMA app;
CREATE TABLE app.orders (id integer PRIMARY KEY, state varchar(20), note varchar(20));
INSERT INTO app.orders VALUES (1, 'new', 'a');
