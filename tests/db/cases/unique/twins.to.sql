-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.orders (id integer PRIMARY KEY, code text, CONSTRAINT orders_code UNIQUE (code));
ALTER TABLE app.orders ADD CONSTRAINT orders_id UNIQUE (id);
ALTER TABLE app.orders ADD CONSTRAINT orders_code_too UNIQUE (code);
INSERT INTO app.orders VALUES (1, 'a');
