// Reads every table, writes a visit with all that belongs to it, reads it back through relations, and tries what the
// database must refuse. All people are invented. What was written is taken away again.
//
// On SQLite it reads alone: Prisma writes a day as an instant there, and the database takes a birthday as a day only.
// A number with decimals is a whole number there, 365 for 36.5 °C: SQLite has no decimals.
import assert from 'node:assert/strict'
import prismaClient from '@prisma/client'

const { PrismaClient, Prisma } = prismaClient
const url = process.env.DATABASE_URL
const isServer = url.startsWith('postgres')
const { PrismaPg } = isServer ? await import('@prisma/adapter-pg') : {}
const { PrismaBetterSqlite3 } = isServer ? {} : await import('@prisma/adapter-better-sqlite3')
const schema = new URL(url.replace(/^(file|sqlite):/, 'x:')).searchParams.get('schema') ?? undefined
const adapter = isServer
  ? new PrismaPg({ connectionString: url.split('?')[0] }, { schema })
  : new PrismaBetterSqlite3({ url: url.replace(/^sqlite:/, 'file:') })
const prisma = new PrismaClient({ adapter })

const models = Object.values(Prisma.ModelName)
let rows = 0
for (const model of models) {
  const table = prisma[model[0].toLowerCase() + model.slice(1)]
  rows += await table.count()
  await table.findMany({ take: 50 })
}
console.log(`read: ${models.length} tables, ${rows} rows`)

if (!isServer) {
  const visit = await prisma.vitalSigns.findFirstOrThrow({ where: { temperature: { not: null } }, include: { appointment: { include: { patient: true, medicalRecord: { include: { symptoms: true } } } } } })
  const { appointment } = visit
  assert.ok(appointment.appointmentDate > new Date('2000-01-01') && appointment.patient.dateOfBirth < appointment.appointmentDate)
  assert.ok(Number(visit.temperature) > 300 && Number(visit.temperature) < 450, `a temperature of ${visit.temperature}`)
  await assert.rejects(() => prisma.patient.update({ where: { id: appointment.patientId }, data: { dateOfBirth: new Date('1985-03-15') } }), /date_of_birth/)
  console.log('read through relations alike; refused: a day written as an instant')
  await prisma.$disconnect()
  process.exit(0)
}

const provider = await prisma.provider.findFirstOrThrow()
const at = new Date('2031-03-03T09:00:00.000Z')
const patient = await prisma.patient.create({
  data: {
    recordNumber: `PRISMA-${Date.now()}`, firstName: 'Jane', lastName: 'Prisma', dateOfBirth: new Date('1985-03-15'),
    sex: 'female', phone: '+1-555-0100', phoneDigits: '15550100', searchName: 'prisma jane',
    emergencyContactName: 'John Prisma', emergencyContactPhone: '+1-555-0101',
    allergies: { create: [{ allergen: 'Penicillin', severity: 'life_threatening' }] },
    appointments: {
      create: [{
        providerId: provider.id, appointmentDate: at, endsAt: new Date(at.getTime() + 30 * 60_000), durationMinutes: 30,
        appointmentType: 'sick_visit', reasonForVisit: 'Cough',
        vitalSigns: { create: { bloodPressureSystolic: 120, bloodPressureDiastolic: 80, temperature: '37.2' } },
        medicalRecord: {
          create: {
            chiefComplaint: 'Cough',
            symptoms: { create: [{ symptomName: 'cough', severity: 5 }, { symptomName: 'fever', negated: true }] },
            prescriptions: {
              create: [{ medicationName: 'Amoxicillin', strength: '500 mg', dosage: '1', frequency: 'three times daily', instructions: 'With food' }],
            },
          },
        },
      }],
    },
  },
})
try {
  const chart = await prisma.patient.findUniqueOrThrow({
    where: { id: patient.id },
    include: { allergies: true, appointments: { include: { provider: true, vitalSigns: true, medicalRecord: { include: { symptoms: true, prescriptions: true } } } } },
  })
  const [visit] = chart.appointments
  assert.equal(chart.dateOfBirth.toISOString(), '1985-03-15T00:00:00.000Z')
  assert.equal(visit.appointmentDate.toISOString(), at.toISOString())
  assert.equal(visit.provider.email, provider.email)
  assert.equal(Number(visit.vitalSigns.temperature), 37.2)
  assert.deepEqual(visit.medicalRecord.symptoms.map((one) => one.negated).sort(), [false, true])
  assert.equal(visit.medicalRecord.prescriptions[0].medicationName, 'Amoxicillin')
  const found = await prisma.appointment.findMany({ where: { appointmentDate: { gte: at, lt: new Date(at.getTime() + 1) }, patientId: patient.id } })
  assert.equal(found.length, 1)
  console.log('wrote: patient, allergy, appointment, vital signs, record, two symptoms, prescription; read back alike')

  await prisma.symptom.updateMany({ where: { medicalRecordId: visit.medicalRecord.id }, data: { notes: 'at night' } })
  const refused = async (what, act) => {
    await assert.rejects(act, undefined, `${what} was not refused`)
    console.log(`refused: ${what}`)
  }
  await refused('a second record of the visit', () => prisma.medicalRecord.create({ data: { appointmentId: visit.id } }))
  await refused('a severity of 11', () => prisma.symptom.updateMany({ where: { medicalRecordId: visit.medicalRecord.id }, data: { severity: 11 } }))
  await refused('a change of the audit trail', () => prisma.auditEvent.updateMany({ data: { actorName: 'nobody' } }))
  const signed = await prisma.medicalRecord.findFirst({ where: { isDraft: false } })
  if (signed) {
    await refused('a change of a signed record', () => prisma.medicalRecord.update({ where: { id: signed.id }, data: { diagnosis: 'x' } }))
  }
} finally {
  await prisma.patient.delete({ where: { id: patient.id } }).catch((error) => console.error(`left behind: ${error.message}`))
}
assert.equal(await prisma.patient.count({ where: { id: patient.id } }), 0)
console.log('taken away again')
await prisma.$disconnect()
