/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For which values of their symbols two sizes agree. */
#pragma once

#include "tensor/tn-symbol.h"

G_BEGIN_DECLS

typedef enum
{
  TN_AGREES_UNKNOWN,   /* one of them is plainly unknown */
  TN_AGREES_ALWAYS,    /* for all values, though they may be written differently */
  TN_AGREES_NEVER,     /* for none */
  TN_AGREES_SOMETIMES, /* for some; or it cannot be told for which */
} TnAgreementKind;

/**
 * TnAgreement:
 * @symbol: the one symbol that decides; NULL when several do, or when it cannot be told how
 * @period: the values are all those with a remainder of @values when divided by it; 0 when @values
 *   are all there are
 * @values: of gint64, ascending; NULL without @symbol
 *
 * The rest is only set for TN_AGREES_SOMETIMES. Symbols stand for numbers of at least 1.
 */
typedef struct
{
  TnAgreementKind kind;
  const char *symbol; /* static */
  gint64 period;
  GArray *values; /* owned */
} TnAgreement;

void tn_agreement_clear (TnAgreement *agreement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TnAgreement, tn_agreement_clear)

TnAgreement tn_agreement_judge (TnDim a, TnDim b);
/* When both must hold, of agreements on the same symbol; anything else gives one without symbol. */
TnAgreement tn_agreement_meet (const TnAgreement *a, const TnAgreement *b);
/* Does @b hold wherever @a does? */
gboolean tn_agreement_implies (const TnAgreement *a, const TnAgreement *b);
/* Of two sizes that must agree, the one to go on with: a number if one is, else the one that
 * repeats after a longer period, so that what is asked of it later implies that they agree here. */
TnDim tn_agreement_stricter (TnDim a, TnDim b);
/* Does it hold for this value of its symbol? */
gboolean tn_agreement_allows (const TnAgreement *agreement, gint64 value);
/* Of TN_AGREES_SOMETIMES, translated: "H is a multiple of 16", "H leaves the remainder 1 when
 * divided by 2", "H is 7", "H·W is 4096". @a and @b are what was judged. */
char *tn_agreement_to_text (const TnAgreement *agreement, TnDim a, TnDim b);

G_END_DECLS
