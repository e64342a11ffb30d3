"""An application's models in SQLAlchemy, for sqlalchemy_models.py: a shop with soft-deleted rows."""
import enum

from sqlalchemy import (
    BigInteger, Boolean, CheckConstraint, Column, Computed, DateTime, Enum, ForeignKey, ForeignKeyConstraint, Identity,
    Index, Integer, Numeric, SmallInteger, String, Table, Text, UniqueConstraint, func, text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class OrderStatus(enum.Enum):
    new = "new"
    paid = "paid"
    sent = "sent"


class Stamped:
    """What every entity has."""
    id = Column(BigInteger, primary_key=True, autoincrement=False, info={"generate": "snowflake"})
    created_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    updated_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    is_deleted = Column(Boolean, nullable=False, server_default=text("false"))


class Customer(Stamped, Base):
    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("email LIKE '%@%'", name="customers_email_check"),
        Index(
            "customers_live_email_idx", func.lower(text("email")), unique=True,
            postgresql_where=text("NOT is_deleted")),
        {"comment": "Who buys; it's one row a person", "info": {"label": "name"}},
    )
    name = Column(String(200), nullable=False)
    email = Column(Text, nullable=False)
    preferences = Column(JSONB, nullable=False, server_default="{}", comment="Keys of the front end")
    orders = relationship(
        "Order", back_populates="customer", cascade="save-update, merge, delete",
        info={"soft_delete": "hide", "cascade": ["soft_delete"]})


order_tags = Table(
    "order_tags", Base.metadata,
    Column("order_id", ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Order(Stamped, Base):
    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("customer_id", "number"),
        Index("orders_open_idx", "customer_id", "created_at", postgresql_where=text("status <> 'sent'")),
        Index("orders_labels_idx", "labels", postgresql_using="gin"),
    )
    customer_id = Column(BigInteger, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False)
    number = Column(Integer, nullable=False)
    status = Column(Enum(OrderStatus, name="order_status"), nullable=False, server_default="new")
    labels = Column(ARRAY(Text), nullable=False, server_default="{}")
    customer = relationship("Customer", back_populates="orders", info={"soft_delete": "follow"})
    items = relationship(
        "OrderItem", back_populates="order", cascade="all, delete-orphan",
        info={"soft_delete": "hide", "cascade": ["soft_delete"]})
    parcel = relationship("Parcel", back_populates="order", uselist=False, info={"soft_delete": "keep"})
    tags = relationship("Tag", secondary=order_tags, back_populates="orders")


class OrderItem(Stamped, Base):
    __tablename__ = "order_items"
    order_id = Column(BigInteger, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False)
    quantity = Column(SmallInteger, CheckConstraint("quantity > 0"), nullable=False, server_default=text("1"))
    price = Column(Numeric(10, 2), nullable=False)
    total = Column(Numeric(12, 2), Computed("quantity * price"))
    order = relationship("Order", back_populates="items", info={"soft_delete": "follow"})


class Parcel(Base):
    __tablename__ = "parcels"
    id = Column(Integer, Identity(always=True), primary_key=True)
    order_id = Column(BigInteger, ForeignKey("orders.id", ondelete="SET NULL"), unique=True)
    carrier = Column(String(40), nullable=False)
    tracking = Column(String(80), nullable=False)
    order = relationship("Order", back_populates="parcel", info={"soft_delete": "follow"})
    events = relationship("ParcelEvent", back_populates="parcel", cascade="all")
    __table_args__ = (UniqueConstraint("carrier", "tracking", name="parcels_tracking_key"),)


class ParcelEvent(Base):
    __tablename__ = "parcel_events"
    id = Column(Integer, primary_key=True)
    carrier = Column(String(40), nullable=False)
    tracking = Column(String(80), nullable=False)
    happened = Column(Text, nullable=False)
    parcel = relationship("Parcel", back_populates="events")
    __table_args__ = (
        ForeignKeyConstraint(
            ["carrier", "tracking"], ["parcels.carrier", "parcels.tracking"], name="parcel_events_parcel_fkey",
            onupdate="CASCADE", ondelete="CASCADE"),
    )


class Tag(Base):
    __tablename__ = "tags"
    id = Column(SmallInteger, primary_key=True)
    name = Column(String(40), nullable=False, unique=True)
    parent_id = Column(SmallInteger, ForeignKey("tags.id"))
    parent = relationship("Tag", remote_side=[id], back_populates="children")
    children = relationship("Tag", back_populates="parent")
    orders = relationship("Order", secondary=order_tags, back_populates="tags")
