/**
 * The ids of entities.
 *
 * @module
 */

/** The id of an entity: a number, or a text for those that have names. */
export type EntityId = number | string;
