CREATE SCHEMA §;
CREATE TABLE §.customers (id integer, code text NOT NULL, more integer NOT NULL DEFAULT 1);
ALTER TABLE §.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id) «primary_key.options: ¦ WITH (fillfactor = 80)»;
ALTER TABLE §.customers ADD CONSTRAINT customers_code UNIQUE (code) «unique.options: ¦ WITH (fillfactor = 80)»;
INSERT INTO §.customers VALUES (1, 'a'), (2, 'b');
CREATE TABLE §.orders (id integer PRIMARY KEY, customer integer, code text, parent integer);
INSERT INTO §.orders VALUES (1, 1, 'a', NULL), (2, 2, 'b', 1), (3, NULL, NULL, 1);
«foreign_key: ALTER TABLE §.orders ADD CONSTRAINT «foreign_key.name: orders_customer ¦ "Customer"» FOREIGN KEY (customer) REFERENCES §.customers (id) «foreign_key.definition: ¦ ON DELETE CASCADE ¦ ON UPDATE SET NULL ON DELETE SET NULL ¦ MATCH FULL» «foreign_key.deferrable: ¦ DEFERRABLE ¦ DEFERRABLE INITIALLY DEFERRED» «foreign_key.validated: ¦ NOT VALID»; ¦ »
ALTER TABLE §.orders ADD CONSTRAINT orders_code FOREIGN KEY (code) REFERENCES §.customers (code);
COMMENT ON CONSTRAINT orders_code ON §.orders IS «foreign_key.comment: NULL ¦ 'by code'»;
ALTER TABLE §.orders ADD CONSTRAINT orders_parent FOREIGN KEY (parent) REFERENCES §.orders;
«check: ALTER TABLE §.orders ADD CONSTRAINT orders_check CHECK («check.definition: id > 0 ¦ id > -1 ¦ customer <> 7 OR code IS NOT NULL») «check.no_inherit: ¦ NO INHERIT» «check.validated: ¦ NOT VALID»;
COMMENT ON CONSTRAINT orders_check ON §.orders IS «check.comment: NULL ¦ 'above'»; ¦ »
«check: ALTER TABLE §.orders ADD CHECK (code IN ('a', 'b', 'c')); ¦ »
CREATE TABLE §.loop_one (id integer PRIMARY KEY, other integer);
CREATE TABLE §.loop_two (id integer PRIMARY KEY, one integer REFERENCES §.loop_one);
ALTER TABLE §.loop_one ADD CONSTRAINT loop_one_other FOREIGN KEY (other) REFERENCES §.loop_two;
CREATE TABLE §.parted (id integer, at integer, customer integer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE §.parted_one PARTITION OF §.parted FOR VALUES FROM (1) TO (10);
«foreign_key: ALTER TABLE §.parted ADD CONSTRAINT parted_customer FOREIGN KEY (customer) REFERENCES §.customers; ¦ »
INSERT INTO §.parted VALUES (1, 1, 1), (2, 2, 2);
CREATE TABLE §.lines (id integer, at integer, n integer «foreign_key: , CONSTRAINT lines_fk FOREIGN KEY (id, at) REFERENCES §.parted ¦ »);
INSERT INTO §.lines VALUES (1, 1, 1);
