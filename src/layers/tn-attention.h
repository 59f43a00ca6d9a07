/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the attention layers share: their inputs and how those must agree, parameters, checks. */
#pragma once

#include "layers/tn-params.h"

G_BEGIN_DECLS

/* Slots of a call. */
enum
{
  TN_ATTENTION_QUERY,
  TN_ATTENTION_VALUE,
  TN_ATTENTION_KEY, /* empty: the value is the key as well */
};

/* Defined in tn-attention.c: "query", "value", "key". */
extern const char *const tn_attention_inputs[];
/* TnSchema.output_name: what is put out, then how well the steps fit. */
const char *tn_attention_output_name (const TnNode *node, guint output);

/* clang-format off */
#define TN_PARAM_ATTENTION_DROPOUT(bounds) \
  { .name = "dropout", .label = N_ ("Dropout"), .kind = TN_PARAM_FLOAT, .flags = bounds, \
    .minimum = 0, .maximum = 1, .fallback = TN_DEFAULT_FLOAT (0), \
    .help = N_ ("Share of the attention that is set to zero at each step of training; nothing is " \
                "dropped when the model is used.") }

#define TN_PARAM_ATTENTION_SEED \
  { .name = "seed", .label = N_ ("Seed"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Starting point of the random numbers; the same seed drops the same numbers " \
                "again.") }

#define TN_PARAM_RETURN_SCORES \
  { .name = "return_attention_scores", .label = N_ ("Put out the scores"), \
    .kind = TN_PARAM_BOOL, .flags = TN_PARAM_CALL, .fallback = TN_DEFAULT_BOOL (FALSE), \
    .help = N_ ("Adds a second output that says how much each step of the query looked at each " \
                "step of the value.") }

#define TN_PARAM_CAUSAL_MASK \
  { .name = "use_causal_mask", .label = N_ ("Causal"), .kind = TN_PARAM_BOOL, \
    .flags = TN_PARAM_CALL, .fallback = TN_DEFAULT_BOOL (FALSE), \
    .help = N_ ("Lets no step look at later ones, as a model needs that writes text word by " \
                "word.") }

#define TN_PARAM_SLIDING_WINDOW \
  { .name = "sliding_window", .label = N_ ("Sliding window"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL, .minimum = 1, .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Lets a step look only at those less than this many steps away; None for all.") }

#define TN_PARAM_FLASH_ATTENTION \
  { .name = "flash_attention", .label = N_ ("Flash attention"), .kind = TN_PARAM_BOOL, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL, .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Computes the same in blocks that need less memory; None leaves that to Keras.") }

#define TN_PARAM_USE_GATE \
  { .name = "use_gate", .label = N_ ("Gate"), .kind = TN_PARAM_BOOL, \
    .fallback = TN_DEFAULT_BOOL (FALSE), \
    .help = N_ ("Multiplies what each head found by a gate from 0 to 1 that is made from the " \
                "query.") }
/* clang-format on */

/* The slot of the tensor that is compared with the query. */
static inline guint
tn_attention_key_slot (const TnRule *rule)
{
  return tn_rule_has_input (rule, TN_ATTENTION_KEY) ? TN_ATTENTION_KEY : TN_ATTENTION_VALUE;
}

/* Name of what is wired to @slot: "query", "value", "key". */
static inline const char *
tn_attention_name (const TnRule *rule, guint slot)
{
  return tn_schema_input_name (tn_node_schema (tn_rule_node (rule)), slot);
}

/* FALSE, with an issue, when query or value are not wired, or one has fewer than @rank axes. */
gboolean tn_attention_expect_inputs (TnRule *rule, int rank);

/* May two sizes meet where 1 stretches, as in numpy? */
static inline gboolean
tn_attention_broadcasts (TnDim a, TnDim b)
{
  return a.size == 1 || b.size == 1 || tn_dim_compatible (a, b);
}

/* Raises that axis @axis of @slot does not fit axis @other_axis of @other_slot (both from the
 * front). @why says what must be the same, as a sentence's first half: "%s compares …, so both need
 * as many features". @builds: Keras sees it only when it runs. */
void tn_attention_refuse (TnRule *rule, guint slot, int axis, guint other_slot, int other_axis,
                          const char *why, gboolean builds);
/* Raises that the last axis of @slot is open though weights depend on it. */
gboolean tn_attention_known_features (TnRule *rule, guint slot);
/* All that lies between the batch and the last axis of value and key must be the same and known to
 * be so. FALSE with an issue. */
gboolean tn_attention_same_steps (TnRule *rule);
/* What flash attention cannot do. */
gboolean tn_attention_check_flash (const TnNode *node, guint flash_attention, guint dropout,
                                   guint return_scores, TnReport *report);
/* The shape of @n dims. */
TnShape tn_attention_shape (const TnDim *dims, int n);

G_END_DECLS
