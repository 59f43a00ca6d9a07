/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnProgram's inside, for the passes that change a program as a whole. */
#pragma once

#include "ops/tn-op.h"

G_BEGIN_DECLS

/* A call that another one's kernel does as well. */
typedef struct
{
  guint owner; /* of the call that is left out */
  guint by;    /* owner of the one that does its work */
} TnAbsorbed;

struct _TnProgram
{
  GArray *tensors;   /* of TnProgramTensor */
  GArray *calls;     /* of TnProgramCall */
  GArray *absorbed;  /* of TnAbsorbed */
  GPtrArray *values; /* of the calls' settings */
};

/* A constant that is made of others. @label is taken over. */
TnTensorId tn_program_derived (TnProgram *program, const TnShape *shape, char *label,
                               const TnDerivation *derivation);

/* By tensor: how many calls read it, and how many of @kept it is. */
guint *tn_program_count_uses (const TnProgram *program, const TnTensorId *kept, guint n_kept);
/* The call that computes @tensor, seen through aliases, when nobody else sees it on its way; else
 * NULL. */
TnProgramCall *tn_program_only_maker (const TnProgram *program, const guint *uses,
                                      TnTensorId tensor);
/* @tensor in another shape, by a call that comes before call @index, which becomes @index + 1:
 * calls move in memory. */
TnTensorId tn_program_reshape_before (TnProgram *program, guint index, TnTensorId tensor,
                                      const TnShape *shape);
/* Leaves out the calls that none of @kept needs. */
void tn_program_sweep (TnProgram *program, const TnTensorId *kept, guint n_kept);

G_END_DECLS
