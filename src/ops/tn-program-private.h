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

G_END_DECLS
