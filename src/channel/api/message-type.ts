/** What screens may ask of a message's type; the table itself belongs to the protocol. */
export { isInMatrix, notifies } from "../../sds/parameters/message-type.ts";
