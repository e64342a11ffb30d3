CREATE SCHEMA §;
CREATE SEQUENCE §.counter AS «sequence.type: bigint ¦ integer ¦ smallint» INCREMENT «sequence.increment: 1 ¦ 2 ¦ 5» MINVALUE «sequence.minimum: 1 ¦ -5» MAXVALUE «sequence.maximum: 20000 ¦ 30000» START «sequence.start: 10 ¦ 20» CACHE «sequence.cache: 1 ¦ 30» «sequence.cycle: NO CYCLE ¦ CYCLE»;
SELECT setval('§.counter', 115);
COMMENT ON SEQUENCE §.counter IS «sequence.comment: NULL ¦ 'counts'»;
CREATE «sequence.persistence: ¦ UNLOGGED» SEQUENCE §.other;
«sequence: CREATE SEQUENCE §.gone; ¦ »
CREATE TABLE §.orders (id bigint DEFAULT nextval('§.counter'), number bigint DEFAULT nextval('§.other'), other bigint);
ALTER SEQUENCE §.other OWNED BY «sequence.owned_by*: §.orders.number ¦ NONE ¦ §.orders.other»;
INSERT INTO §.orders DEFAULT VALUES;
