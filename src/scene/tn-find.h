/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding layers by what people remember of them: name, type, a shape, a problem. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/**
 * tn_find_layers:
 * @facts: may be NULL, or about an earlier graph
 *
 * The layers, in the order of computation, to which all of @query applies, or each of its words:
 * a part of their name, of their type or of its label in either language; sizes ("4096", "26x26",
 * "26, 26, 32") that stand side by side in a shape that comes in or goes out, or in brackets
 * ("(None, 26, 26, 32)") such a shape as a whole, where None is an unknown size; a part of the
 * code of a problem ("dense-width"), or "problem", "error", "warning". Case is ignored. An empty
 * query finds nothing.
 *
 * Returns: a new array of TnNodeId.
 */
GArray *tn_find_layers (const TnGraph *graph, const TnFacts *facts, const char *query);

G_END_DECLS
